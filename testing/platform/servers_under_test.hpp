#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "testing/platform/program.hpp"
#include "testing/postgres_schema.hpp"
#include "testing/redis_server.hpp"
#include "testing/server_topics.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::test {

// A whole platform as `loquat up --processes` on PostgreSQL, each service with a role of its own,
// RabbitMQ and Redis.  Gone with the object, and so is what it has made at the servers.
class ServersUnderTest {
  public:
    // `settings` beside those that tests of a platform have.  Throws Failure `test.not_ready` with
    // what the process said, std::runtime_error when a server does not run.
    explicit ServersUnderTest(const std::vector<std::string>& settings);
    ~ServersUnderTest();

    // The gateway's.
    std::uint16_t port() const { return port_; }

  private:
    std::vector<std::string> environment() const;
    void migrate() const;

    TemporaryFolder folder_;
    PostgresBase base_;
    RedisServer redis_;
    store::RabbitOptions topics_;
    std::unique_ptr<Program> program_;
    std::uint16_t port_ = 0;
};

}  // namespace loquat::test
