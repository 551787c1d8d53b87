#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/store_config.hpp"
#include "services/registry.hpp"

namespace loquat::app {

// Some services by name, in the order of all.  Throws Failure `serve.unknown_service` with a
// suggestion.
std::vector<const runtime::Module*> modules_named(const std::vector<std::string>& names);

// The same for a process that serves.  Throws also `serve.apart` when one of those that run
// together is named without the others; `stores` is asked only then.
std::vector<const runtime::Module*> modules_to_serve(
    const std::vector<std::string>& names, const std::function<runtime::StoreConfig()>& stores);

// The relational databases that all of them fill.
std::vector<store::DatabaseNeed> all_databases();

// Those that share an embedded log and broadcast.
std::vector<const runtime::Module*> modules_together();

// Those that cannot start without that service.
std::vector<const runtime::Module*> modules_that_need(std::string_view service);

struct Between {
    std::string_view others = ", ";
    std::string_view last_two = " and ";
};
// "a, b and c", or with other texts between the names.
std::string names_of(const std::vector<const runtime::Module*>& modules, Between between);

}  // namespace loquat::app
