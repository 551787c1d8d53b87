#include "testing/free_port.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <random>
#include <stdexcept>

namespace loquat::test {
namespace {

// Clients have ports from 32768 on.
constexpr std::uint16_t first = 20'000;
constexpr std::uint16_t last = 32'767;
constexpr int tries_max = 1'000;

bool is_free(std::uint16_t port) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int handle = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool is_bound = ::bind(handle, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0;
    ::close(handle);
    return is_bound;
}

}  // namespace

std::uint16_t free_port() {
    std::random_device random;
    std::uniform_int_distribution<std::uint16_t> any{first, last};
    for (int i = 0; i < tries_max; ++i) {
        if (const std::uint16_t port = any(random); is_free(port)) {
            return port;
        }
    }
    throw std::runtime_error{"no port of loopback is free"};
}

}  // namespace loquat::test
