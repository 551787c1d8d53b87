#include "testing/postgres_schema.hpp"

#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "base/ids.hpp"
#include "base/log.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/schema.hpp"

namespace loquat::test {
namespace {

constexpr const char* url_file = LOQUAT_SOURCE_DIR "/.cache/infra/run/postgres/url";

}  // namespace

std::string postgres_url() {
    std::string url;
    if (!std::getline(std::ifstream{url_file}, url)) {
        throw std::runtime_error{"there is no PostgreSQL to test with: ./dev infra up postgres"};
    }
    return url;
}

PostgresSchema::PostgresSchema() : url_(postgres_url()) {
    name_ = "test_" + Uuid::make().to_string();
}

PostgresSchema::~PostgresSchema() {
    try {
        store::PostgresConnection connection{{.url = url_, .schema = "public"}};
        connection.open();
        connection.execute("DROP SCHEMA IF EXISTS \"" + name_ + "\" CASCADE");
    } catch (const std::exception& error) {
        log_warn({.service = "test"}, "a schema of a test was left", {{"error", error.what()}});
    }
}

PostgresBase::PostgresBase() : server_(postgres_url()), name_("test_" + Uuid::make().to_string()) {
    store::PostgresConnection connection{{.url = server_, .schema = "public"}};
    connection.open();
    connection.execute("CREATE DATABASE \"" + name_ + "\"");
}

PostgresBase::~PostgresBase() {
    try {
        store::PostgresConnection connection{{.url = server_, .schema = "public"}};
        connection.open();
        connection.execute("DROP DATABASE IF EXISTS \"" + name_ + "\" WITH (FORCE)");
        for (const store::Row role : connection.query(
                 "SELECT rolname FROM pg_roles WHERE starts_with(rolname, $1)", {name_})) {
            connection.execute("DROP ROLE \"" + role.text(0) + "\"");
        }
    } catch (const std::exception& error) {
        log_warn({.service = "test"}, "a database of a test was left", {{"error", error.what()}});
    }
}

HeldTurn::HeldTurn(const std::string& url, const std::string& schema)
    : connection_(std::make_unique<store::PostgresConnection>(store::PostgresTarget{
          .url = url, .schema = "public", .idle_max = std::chrono::minutes{10}})) {
    connection_->open();
    connection_->begin(store::turn_of(schema));
    connection_->query("SELECT 1");
}

HeldTurn::~HeldTurn() = default;

std::string PostgresBase::url_as(const std::string& user) const {
    const std::size_t host = server_.find('@');
    const std::size_t path = server_.rfind('/');
    const std::string who = user.empty() ? server_.substr(0, host) : "postgresql://" + user;
    return who + server_.substr(host, path - host) + "/" + name_;
}

}  // namespace loquat::test
