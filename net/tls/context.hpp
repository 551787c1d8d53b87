#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"

struct ssl_ctx_st;

// TLS 1.2 and 1.3 by OpenSSL.
namespace loquat::net::tls {

// Certificate chain and private key as PEM text.
struct KeyPair {
    std::string certificates;
    std::string private_key;
};

// An EC P-256 certificate signed by itself, valid from an hour ago for `days`, for these names (DNS
// names or numeric addresses).  For development; browsers will warn.
KeyPair make_self_signed(const std::vector<std::string>& names, int days = 365);
// localhost, 127.0.0.1 and ::1.
KeyPair make_self_signed();
// Whether the first certificate of a PEM text is for all these names (as above) and valid at
// `time`. False for what is no certificate.
bool serves(const std::string& certificates, const std::vector<std::string>& names, Time time);
// Throws Failure `tls.bad_file` when one cannot be read.
KeyPair read_key_pair(const std::string& certificate_file, const std::string& key_file);

// Immutable; shared by loops and threads.  To renew a certificate make a new one for new
// connections (`Server::listen` asks for the one of the moment).
class ServerContext {
  public:
    // What ALPN offers: HTTP/2 first, where the server speaks it.
    enum class Offer { http1, http2 };
    // Session tickets, no renegotiation.  Throws Failure `tls.bad_certificate` when
    // the texts are not PEM or do not belong together.
    static std::shared_ptr<const ServerContext> make(const KeyPair& pair,
                                                     Offer offer = Offer::http1);
    // Between processes that know each other: TLS 1.3 alone, and the client is asked for a
    // certificate of one of `authorities` (PEM).  One that is not good ends the handshake; a client
    // without one is let in, and whoever answers it sees that it has none.  No tickets: each
    // connection is judged anew.
    static std::shared_ptr<const ServerContext> make_mutual(const KeyPair& pair,
                                                            const std::string& authorities);
    ~ServerContext();
    ssl_ctx_st* native() const { return context_; }

  private:
    explicit ServerContext(ssl_ctx_st* context) : context_(context) {}
    ssl_ctx_st* context_;
};

// Always verifies chain and name.
class ClientContext {
  public:
    // The system's authorities.
    static std::shared_ptr<const ClientContext> make();
    // Only these, as PEM text; throws Failure `tls.bad_certificate`.
    static std::shared_ptr<const ClientContext> make_trusting(const std::string& certificates);
    // Only `authorities`, TLS 1.3 alone, and with a certificate of one's own.  Failures of such
    // connections say more: `upstream.certificate_expired` and the like (net/tls/trouble.hpp).
    static std::shared_ptr<const ClientContext> make_mutual(const KeyPair& pair,
                                                            const std::string& authorities);
    ~ClientContext();
    ssl_ctx_st* native() const { return context_; }
    bool is_mutual() const { return is_mutual_; }

  private:
    explicit ClientContext(ssl_ctx_st* context) : context_(context) {}
    ssl_ctx_st* context_;
    bool is_mutual_ = false;
};

}  // namespace loquat::net::tls
