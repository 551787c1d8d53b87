#pragma once
#include <string>

namespace loquat::test {

// A name of its own at the PostgreSQL server that `./dev infra up postgres` has started; what was
// made under it is dropped with it.  Without a server the test fails and says how to start it.
class PostgresSchema {
  public:
    PostgresSchema();
    ~PostgresSchema();
    PostgresSchema(const PostgresSchema&) = delete;
    PostgresSchema& operator=(const PostgresSchema&) = delete;

    const std::string& url() const { return url_; }
    const std::string& name() const { return name_; }

  private:
    std::string url_;
    std::string name_;
};

// Where the server is; throws std::runtime_error when none was started.
std::string postgres_url();

}  // namespace loquat::test
