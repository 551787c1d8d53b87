#pragma once
#include <sys/uio.h>

#include <span>
#include <string>

#include "net/stream.hpp"

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
    // Why the handshake failed, for the log.
    std::string reason() const;

  private:
    IoResult judge(int result);

    ssl_st* ssl_;
    bool broken_ = false;
};

}  // namespace loquat::net::tls
