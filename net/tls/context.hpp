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
// connections.
class ServerContext {
  public:
    // What ALPN offers: HTTP/2 first, where the server speaks it.
    enum class Offer { http1, http2 };
    // Session tickets, no renegotiation.  Throws Failure `tls.bad_certificate` when
    // the texts are not PEM or do not belong together.
    static std::shared_ptr<const ServerContext> make(const KeyPair& pair,
                                                     Offer offer = Offer::http1);
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
    ~ClientContext();
    ssl_ctx_st* native() const { return context_; }

  private:
    explicit ClientContext(ssl_ctx_st* context) : context_(context) {}
    ssl_ctx_st* context_;
};

}  // namespace loquat::net::tls
