#pragma once
#include <algorithm>
#include <string>

#include "contracts/core/route.hpp"
#include "wire/schema.hpp"

// Where the members of a request stand: what servers read by and the documents say.
namespace loquat::contracts {

inline bool is_in_path(const RouteSpec& spec, const std::string& name) {
    return spec.path.find("{" + name + "}") != std::string_view::npos;
}

// Members that are not in the path stand in the query, and there is no body; else in the body.
inline bool reads_query(const RouteSpec& spec) {
    return spec.method == "GET" || spec.method == "DELETE";
}

inline bool takes_body(const RouteSpec& spec, const wire::Schema& request) {
    return !reads_query(spec) && std::ranges::any_of(request.properties, [&](const auto& one) {
        return !is_in_path(spec, one.name);
    });
}

// Without a body such a request says nothing: it lacks a member, or changes nothing.
inline bool needs_body(const RouteSpec& spec, const wire::Schema& request) {
    const bool changes = spec.method == "PATCH" || spec.method == "PUT";
    return takes_body(spec, request) &&
           (changes || std::ranges::any_of(request.properties, [&](const auto& one) {
                return one.required && !is_in_path(spec, one.name);
            }));
}

}  // namespace loquat::contracts
