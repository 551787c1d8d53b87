#include <cstdint>
#include <cstdlib>

#include "base/failure.hpp"
#include "runtime/config/yaml.hpp"
#include "services/gateway/routes/conditions.hpp"
#include "services/gateway/routes/filters.hpp"
#include "services/gateway/routes/route_table.hpp"
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
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    auto root = loquat::runtime::parse_yaml_value(text);
    if (!root) {
        return 0;
    }
    try {
        const SpringFile file{std::move(*root), {}, "fuzz.yml"};
        for (const RouteConfig& route : to_routes({&file, 1}).routes) {
            use(route);
        }
    } catch (const loquat::Failure& failure) {
        if (failure.code != "config.invalid") {
            std::abort();
        }
    }
    return 0;
}
