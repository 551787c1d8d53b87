#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "store/redis/redis_url.hpp"
#include "store/redis/reply.hpp"
#include "testing/server_process.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::test {

// A Redis of the test's own on a free port of loopback, with a password; gone after it.  Keeps
// nothing over a restart.  Throws std::runtime_error when there is no redis-server, or it does not
// answer.
class RedisServer {
  public:
    // `settings`: more lines of redis.conf.
    explicit RedisServer(const std::string& settings = "");

    store::RedisTarget target() const;
    std::string url() const;
    std::uint16_t port() const { return port_; }

    // SIGKILL; what it had is gone.
    void kill() { process_.kill(); }
    // The same port, and empty.
    void start();
    // SIGSTOP and SIGCONT.
    void pause() const { process_.pause(); }
    void resume() const { process_.resume(); }
    // As redis-cli, on a connection of its own.
    store::RedisReply ask(std::vector<std::string> command) const;

  private:
    TemporaryFolder folder_;
    std::string password_;
    std::uint16_t port_ = 0;
    ServerProcess process_;
};

}  // namespace loquat::test
