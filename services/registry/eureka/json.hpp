#pragma once
#include <span>
#include <string>
#include <string_view>

#include "services/registry/domain/instance.hpp"
#include "wire/json.hpp"

namespace loquat::registry {

// Eureka's JSON (com.netflix.discovery.converters.EurekaJacksonCodec), both ways.  Lenient when
// read: a port is an object or a number, numbers and booleans may be texts, a list may be its only
// element.  Strict when written: lists are lists, and nothing is added that Eureka does not know.

// How much of an instance is told (`X-Eureka-Accept`).
enum class Detail : std::uint8_t { full, compact };

// `{"instance":{...}}` of a registration.  `now` stands in for times that are absent.  Throws
// Failure `registry.malformed` (malformed) with a message that Eureka's clients know.
Instance read_instance_json(std::string_view json, Time now);
// The same of a value, wherever it came from: what `instance` holds, or a list of only that.
Instance read_instance(const wire::Value* given, Time now);

void append_instance_json(std::string& out, const Instance& instance, Detail detail);
// `{"instance":{...}}`.
std::string instance_json(const Instance& instance, Detail detail);

// Instances of one application, in a row.
struct AppView {
    std::string_view name;
    std::span<const Instance* const> instances;
};
// `{"application":{"name":...,"instance":[...]}}`.
std::string application_json(const AppView& app, Detail detail);
// `{"applications":{"versions__delta":...,"apps__hashcode":...,"application":[...]}}`.
struct AppsView {
    std::int64_t delta_version = 1;
    std::string_view hash_code;
    std::span<const AppView> apps;
};
std::string applications_json(const AppsView& apps, Detail detail);

}  // namespace loquat::registry
