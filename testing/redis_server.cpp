#include "testing/redis_server.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "aio/run.hpp"
#include "base/failure.hpp"
#include "base/ids.hpp"
#include "store/redis/dial.hpp"
#include "store/redis/open.hpp"
#include "testing/listening_socket.hpp"

extern char** environ;

namespace loquat::test {
namespace {

constexpr std::chrono::seconds patience{20};

}  // namespace

RedisServer::RedisServer(const std::string& settings)
    : password_(Uuid::make().to_string()), port_(ListeningSocket{}.port()) {
    std::ofstream out{folder_ / "redis.conf"};
    out << "bind 127.0.0.1\nport " << port_ << "\ndir " << folder_.string()
        << "\nsave \"\"\nappendonly no\nrequirepass " << password_ << "\n"
        << settings << "\n";
    out.close();
    start();
}

RedisServer::~RedisServer() { kill(); }

void RedisServer::start() {
    const std::string settings = (folder_ / "redis.conf").string();
    const std::string log = (folder_ / "log.txt").string();
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, log.c_str(),
                                       O_WRONLY | O_CREAT | O_APPEND, 0600);
    // It ends with the test, however that ends.
    const std::array<const char*, 6> args{"setpriv",      "--pdeathsig",    "KILL",
                                          "redis-server", settings.c_str(), nullptr};
    ::posix_spawnp(&pid_, args[0], &files, nullptr, const_cast<char* const*>(args.data()), environ);
    ::posix_spawn_file_actions_destroy(&files);
    try {
        store::wait_for_redis(target(), store::RedisUse::messages, {.start_max = patience});
    } catch (const Failure& failure) {
        throw std::runtime_error{"there is no redis-server to test with (./dev infra up redis): " +
                                 failure.message + " " + failure.detail};
    }
}

void RedisServer::kill() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = -1;
    }
}

void RedisServer::pause() const { ::kill(pid_, SIGSTOP); }
void RedisServer::resume() const { ::kill(pid_, SIGCONT); }

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
