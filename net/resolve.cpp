#include "net/resolve.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "aio/call.hpp"
#include "aio/offload.hpp"

namespace loquat::net {
namespace {

constexpr std::size_t addresses_max = 8;

std::vector<Address> look_up(const std::string& host) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_family = AF_UNSPEC;
    addrinfo* found = nullptr;
    std::vector<Address> addresses;
    if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) {
        return addresses;
    }
    for (const addrinfo* one = found; one != nullptr && addresses.size() < addresses_max;
         one = one->ai_next) {
        sockaddr_storage name{};
        std::memcpy(&name, one->ai_addr, std::min<std::size_t>(one->ai_addrlen, sizeof name));
        addresses.push_back(Endpoint::from_sockaddr(name).address);
    }
    ::freeaddrinfo(found);
    return addresses;
}

// getaddrinfo blocks, so it runs on threads of its own.
aio::WorkerPool& resolvers() {
    static aio::WorkerPool pool{"resolve", 2, 256};
    return pool;
}

}  // namespace

Task<std::vector<Address>> resolve(std::string host, Steady deadline) {
    if (const auto numeric = Address::parse(host)) {
        std::vector<Address> one{*numeric};
        co_return one;
    }
    auto work = [host]() -> Task<std::vector<Address>> {
        auto job = [host] { return look_up(host); };
        co_return co_await resolvers().run<std::vector<Address>>(std::move(job));
    };
    co_return co_await aio::call_on<std::vector<Address>>(aio::Loop::current(), std::move(work),
                                                          deadline);
}

}  // namespace loquat::net
