#pragma once
#include <memory>
#include <string>

namespace loquat::store {
class PostgresConnection;
}

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

// A whole database of its own at that server, for what names its schemas itself; dropped in the
// end, with the roles whose names begin as its own does.
class PostgresBase {
  public:
    PostgresBase();
    ~PostgresBase();
    PostgresBase(const PostgresBase&) = delete;
    PostgresBase& operator=(const PostgresBase&) = delete;

    const std::string& name() const { return name_; }
    // Its owner's.
    std::string url() const { return url_as(""); }
    // `user`: with its password, or without; the owner when empty.
    std::string url_as(const std::string& user) const;

  private:
    std::string server_;
    std::string name_;
};

// Holds the turn of those who write to a schema: nobody else writes there as long as it lives.
class HeldTurn {
  public:
    HeldTurn(const std::string& url, const std::string& schema);
    ~HeldTurn();
    HeldTurn(const HeldTurn&) = delete;
    HeldTurn& operator=(const HeldTurn&) = delete;

  private:
    std::unique_ptr<store::PostgresConnection> connection_;
};

// Where the server is; throws std::runtime_error when none was started.
std::string postgres_url();

}  // namespace loquat::test
