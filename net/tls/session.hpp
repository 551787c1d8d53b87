#pragma once
#include <sys/uio.h>

#include <span>
#include <string>
#include <vector>

#include "net/stream.hpp"
#include "net/tls/trouble.hpp"

struct ssl_st;

namespace loquat::net::tls {

enum class Handshake : std::uint8_t { done, wants_read, wants_write, untrusted, failed };

// TLS on one socket: OpenSSL reads from and writes to it directly, through our own BIO, without a
// second copy of the encrypted bytes.  Only for net/ itself.
class Session {
  public:
    Session(Socket& socket, const ServerContext& context);
    // Verifies that the certificate belongs to `host`, a name or a numeric address.
    Session(Socket& socket, const ClientContext& context, const std::string& host);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    Handshake shake_hands();
    IoResult read(std::span<char> into);
    // Small parts are put together into one record of at most 16 KiB.
    IoResult write(std::span<const iovec> parts);
    // close_notify, as far as the socket takes it at once.
    void say_goodbye();
    std::size_t buffered() const;
    // Why it is broken, for the log.
    const std::string& reason() const { return reason_; }
    Trouble trouble() const { return trouble_; }
    // Of a server: the client's first byte was none of TLS, and everything passes through as it is.
    bool is_plain() const { return is_plain_; }
    // DNS names of the other side's certificate; none before the handshake, or when it has shown
    // none.
    std::span<const std::string> peer_names();

  private:
    // The first byte of a record of TLS is 22, and none of a request's is.
    IoResult look_at_first_byte();
    void break_off();
    IoResult judge(int result);

    Socket& socket_;
    ssl_st* ssl_;
    bool broken_ = false;
    bool has_looked_ = true;
    bool is_plain_ = false;
    bool has_names_ = false;
    Trouble trouble_ = Trouble::none;
    std::string reason_;
    std::vector<std::string> names_;
};

}  // namespace loquat::net::tls
