#include "apps/loquat/modules.hpp"

#include <algorithm>
#include <iterator>

#include "base/failure.hpp"
#include "base/text.hpp"
#include "runtime/stores/servers.hpp"
#include "services/registry.hpp"

namespace loquat::app {

std::vector<const runtime::Module*> modules_named(const std::vector<std::string>& names) {
    std::vector<std::string> known;
    for (const runtime::Module* module : services::all_modules()) {
        known.emplace_back(module->name);
    }
    for (const std::string& name : names) {
        if (std::ranges::find(known, name) == known.end()) {
            const auto near = suggest(name, known);
            throw Failure{
                Kind::invalid, "serve.unknown_service",
                "There is no service " + name + (near ? "; did you mean " + *near + "?" : ".")};
        }
    }
    std::vector<const runtime::Module*> chosen;
    for (const runtime::Module* module : services::all_modules()) {
        if (std::ranges::find(names, module->name) != names.end()) {
            chosen.push_back(module);
        }
    }
    return chosen;
}

std::vector<const runtime::Module*> modules_to_serve(
    const std::vector<std::string>& names, const std::function<runtime::StoreConfig()>& stores) {
    const auto chosen = modules_named(names);
    const auto is_chosen = [&](const runtime::Module* module) {
        return std::ranges::find(chosen, module) != chosen.end();
    };
    const auto together = modules_together();
    if (std::ranges::none_of(together, is_chosen)) {
        return chosen;
    }
    const auto missing = std::ranges::find_if_not(together, is_chosen);
    if (missing != together.end() && !runtime::may_be_apart(stores())) {
        throw Failure{Kind::invalid, "serve.apart",
                      names_of(together, {}) +
                          " share an embedded log and broadcast and run in one process only: "
                          "name " +
                          std::string{(*missing)->name} +
                          " too, or none of them. With store.log, store.broadcast and store.sql at "
                          "servers each may run by itself."};
    }
    return chosen;
}

std::string names_of(const std::vector<const runtime::Module*>& modules, Between between) {
    std::string names;
    for (std::size_t i = 0; i < modules.size(); ++i) {
        const bool is_last = i + 1 == modules.size();
        names += i == 0 ? std::string_view{} : is_last ? between.last_two : between.others;
        names += modules[i]->name;
    }
    return names;
}

std::vector<store::DatabaseNeed> all_databases() {
    std::vector<store::DatabaseNeed> needs;
    for (const runtime::Module* module : services::all_modules()) {
        if (module->databases != nullptr) {
            std::ranges::move(module->databases(), std::back_inserter(needs));
        }
    }
    return needs;
}

std::vector<const runtime::Module*> modules_together() {
    auto modules = services::all_modules();
    std::erase_if(modules, [](const runtime::Module* module) {
        return module->stores != runtime::StorePlace::shared;
    });
    return modules;
}

std::vector<const runtime::Module*> modules_that_need(std::string_view service) {
    auto modules = services::all_modules();
    std::erase_if(modules, [service](const runtime::Module* module) {
        return std::ranges::none_of(module->calls, [service](const runtime::Call& call) {
            return call.service == service && call.need == runtime::Need::required;
        });
    });
    return modules;
}

}  // namespace loquat::app
