#pragma once
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>

namespace loquat::test {

// Listens on a free port of loopback; whoever comes waits until somebody accepts.
class ListeningSocket {
  public:
    ListeningSocket() {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof at;
        ::bind(handle_, reinterpret_cast<sockaddr*>(&at), size);
        ::listen(handle_, 8);
        ::getsockname(handle_, reinterpret_cast<sockaddr*>(&at), &size);
        port_ = ntohs(at.sin_port);
    }
    ~ListeningSocket() { ::close(handle_); }
    ListeningSocket(const ListeningSocket&) = delete;
    ListeningSocket& operator=(const ListeningSocket&) = delete;

    int handle() const { return handle_; }
    std::uint16_t port() const { return port_; }

  private:
    int handle_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    std::uint16_t port_ = 0;
};

}  // namespace loquat::test
