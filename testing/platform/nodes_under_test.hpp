#pragma once
#include <memory>
#include <string>
#include <vector>

#include "testing/platform/platform_under_test.hpp"
#include "testing/postgres_schema.hpp"
#include "testing/redis_server.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::test {

// Two whole platforms on the same servers, as two machines would be: PostgreSQL and RabbitMQ as
// `./dev infra up postgres redis rabbitmq` has started them, with a database and topics of their
// own, and a Redis of their own.
class NodesUnderTest {
  public:
    // `settings` beside those that tests of a platform have.
    explicit NodesUnderTest(const std::vector<std::string>& settings);
    ~NodesUnderTest();

    PlatformUnderTest& at(std::size_t number) { return *nodes_.at(number); }
    std::vector<std::uint16_t> ports() const;
    RedisServer& redis() { return redis_; }

  private:
    void forget_topics() const;

    TemporaryFolder folder_;  // its name is before those of the topics
    PostgresBase base_;
    RedisServer redis_;
    std::vector<std::unique_ptr<PlatformUnderTest>> nodes_;
};

}  // namespace loquat::test
