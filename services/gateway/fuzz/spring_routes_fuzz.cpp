#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>

#include "base/failure.hpp"
#include "base/text.hpp"
#include "runtime/config/yaml.hpp"
#include "services/gateway/routes/conditions.hpp"
#include "services/gateway/routes/filters.hpp"
#include "services/gateway/routes/route_table.hpp"
#include "services/gateway/routes/spring_keys.hpp"
#include "services/gateway/routes/spring_routes.hpp"

namespace {

using namespace loquat::gateway;

// What was read can be used: predicates are asked, paths rewritten, and what comes out is a path.
void use(const RouteConfig& route) {
    static const loquat::net::http::HeaderViews no_headers;
    Conditions conditions;
    for (const StepConfig& predicate : route.predicates) {
        conditions.add(predicate);
    }
    conditions.hold({.method = Methods{Methods::get},
                     .path = "/a/b",
                     .host = "a.example:80",
                     .headers = no_headers,
                     .query = "a=b&c"});
    Filters filters;
    for (const StepConfig& filter : route.filters) {
        filters.add(filter);
    }
    if (!filters.path_of("/a/b/c", {{"name", "b"}}).starts_with('/')) {
        std::abort();
    }
    filters.query_of("a=b&c=%20&=");
    AnswerFieldList fields{{"Location", "http://in:1/v2/a"}, {"A", "1"}, {"A", "1"}};
    filters.answer_steps().apply(fields, {"/a/b", "a.example", {}});
}

// The same text as settings that came one by one: PATH=VALUE on each line.
SpringFile file_of_lines(std::string_view text) {
    std::vector<SpringKey> keys;
    for (const std::string_view line : loquat::split(text, '\n')) {
        const std::size_t equals = std::min(line.find('='), line.size());
        keys.push_back({"spring.cloud.gateway." + std::string{line.substr(0, equals)},
                        std::string{line.substr(std::min(equals + 1, line.size()))}, "fuzz"});
    }
    return to_file(keys);
}

void read(const std::function<SpringFile()>& make) {
    try {
        const SpringFile file = make();
        for (const RouteConfig& route : to_routes({&file, 1}).routes) {
            use(route);
        }
    } catch (const loquat::Failure& failure) {
        if (failure.code != "config.invalid") {
            std::abort();
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    read([text] { return file_of_lines(text); });
    if (const auto root = loquat::runtime::parse_yaml_value(text)) {
        read([&root] { return SpringFile{*root, {}, "fuzz.yml"}; });
    }
    return 0;
}
