#include "apps/loquat/modules.hpp"

#include <algorithm>
#include <array>

#include "base/failure.hpp"
#include "base/text.hpp"
#include "services/auth/module.hpp"
#include "services/chat/module.hpp"
#include "services/consumer/module.hpp"
#include "services/gateway/module.hpp"
#include "services/model/module.hpp"
#include "services/presence/module.hpp"
#include "services/realtime/module.hpp"

namespace loquat::app {

std::vector<const runtime::Module*> all_modules() {
    return {&auth::module,     &model::module,    &chat::module,   &consumer::module,
            &presence::module, &realtime::module, &gateway::module};
}

std::vector<const runtime::Module*> modules_named(const std::vector<std::string>& names) {
    std::vector<std::string> known;
    for (const runtime::Module* module : all_modules()) {
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
    for (const runtime::Module* module : all_modules()) {
        if (std::ranges::find(names, module->name) != names.end()) {
            chosen.push_back(module);
        }
    }
    return chosen;
}

std::vector<const runtime::Module*> modules_to_serve(const std::vector<std::string>& names) {
    constexpr std::array together{"chat", "consumer", "presence", "realtime"};
    const auto chosen = modules_named(names);
    const auto is_named = [&](const char* name) {
        return std::ranges::find(names, name) != names.end();
    };
    if (std::ranges::none_of(together, is_named)) {
        return chosen;
    }
    for (const char* missing : together) {
        if (!is_named(missing)) {
            throw Failure{Kind::invalid, "serve.apart",
                          "chat, consumer, presence and realtime share an embedded log and "
                          "broadcast and run in one process only: name " +
                              std::string{missing} + " too, or none of them."};
        }
    }
    return chosen;
}

}  // namespace loquat::app
