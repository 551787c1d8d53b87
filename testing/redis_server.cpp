#include "testing/redis_server.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "aio/run.hpp"
#include "base/failure.hpp"
#include "base/ids.hpp"
#include "store/redis/dial.hpp"
#include "store/redis/open.hpp"
#include "testing/free_port.hpp"

namespace loquat::test {
namespace {

constexpr std::chrono::seconds patience{20};

}  // namespace

RedisServer::RedisServer(const std::string& settings)
    : password_(Uuid::make().to_string()),
      port_(free_port()),
      process_({"redis-server", (folder_ / "redis.conf").string()}, {}, folder_ / "log.txt") {
    std::ofstream out{folder_ / "redis.conf"};
    out << "bind 127.0.0.1\nport " << port_ << "\ndir " << folder_.string()
        << "\nsave \"\"\nappendonly no\nrequirepass " << password_ << "\n"
        << settings << "\n";
    out.close();
    start();
}

void RedisServer::start() {
    process_.start();
    try {
        store::wait_for_redis(target(), store::RedisUse::messages, {.start_max = patience});
    } catch (const Failure& failure) {
        throw std::runtime_error{"there is no redis-server to test with (./dev infra up redis): " +
                                 failure.message + " " + failure.detail};
    }
}

store::RedisTarget RedisServer::target() const { return store::read_redis_url(url()).value(); }

std::string RedisServer::url() const {
    return "redis://:" + password_ + "@127.0.0.1:" + std::to_string(port_);
}

store::RedisReply RedisServer::ask(std::vector<std::string> command) const {
    aio::Loop loop{"redis-cli"};
    const Steady deadline = std::chrono::steady_clock::now() + patience;
    auto asking = [&]() -> Task<store::RedisReply> {
        const auto connection = co_await store::dial_redis(loop, target(), "test", deadline);
        co_return co_await connection->ask(std::move(command), deadline);
    };
    return aio::run_to_end(loop, asking());
}

}  // namespace loquat::test
