#include "testing/postgres_schema.hpp"

#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "base/ids.hpp"
#include "base/log.hpp"
#include "store/postgres/connection.hpp"

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

}  // namespace loquat::test
