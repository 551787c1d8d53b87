#include "testing/raw_fetch.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace loquat::test {

std::string raw_fetch(const std::string& address, const std::string& request) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port =
        htons(static_cast<std::uint16_t>(*parse_number(address.substr(address.rfind(':') + 1))));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string whole;
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 &&
        ::send(socket, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
        std::array<char, 4096> piece{};
        for (ssize_t size = 1; size > 0;) {
            size = ::recv(socket, piece.data(), piece.size(), 0);
            whole.append(piece.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
        }
    }
    ::close(socket);
    return whole;
}

}  // namespace loquat::test
