#include "testing/mongo_base.hpp"

#include <algorithm>
#include <exception>

#include "base/ids.hpp"
#include "base/log.hpp"
#include "testing/server_topics.hpp"

namespace loquat::test {

std::string mongo_url_of(const std::string& server, const std::string& database,
                         const std::string& options) {
    const std::size_t path = server.find('/', server.find("://") + 3);
    const std::size_t query = std::min(server.find('?'), server.size());
    std::string given = query < server.size() ? server.substr(query + 1) : std::string{};
    if (!options.empty()) {
        given += (given.empty() ? "" : "&") + options;
    }
    return server.substr(0, std::min(path, query)) + "/" + database +
           (given.empty() ? "" : "?" + given);
}

MongoBase::MongoBase() {
    std::string name = "test_" + Uuid::make().to_string();
    std::ranges::replace(name, '-', '_');
    url_ = mongo_url_of(server_url("ferretdb"), name);
}

MongoBase::~MongoBase() {
    try {
        store::MongoConnection{{.url = url_}}.drop_database();
    } catch (const std::exception& error) {
        log_warn({.service = "test"}, "a database of a test was left", {{"error", error.what()}});
    }
}

}  // namespace loquat::test
