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

void check_neighbours(const std::vector<std::string>& names,
                      const std::vector<runtime::ServiceUrl>& urls) {
    const auto is_named = [&names](const char* name) {
        return std::ranges::find(names, name) != names.end();
    };
    if (is_named("auth") ||
        std::ranges::find(urls, "auth", &runtime::ServiceUrl::service) != urls.end()) {
        return;
    }
    for (const char* needs_auth : {"gateway", "realtime"}) {
        if (is_named(needs_auth)) {
            throw Failure{Kind::invalid, "serve.neighbour_unknown",
                          std::string{needs_auth} +
                              " needs auth: name auth too, or say where it is, as in --set "
                              "'platform.urls=[{service: auth, url: "
                              "\"http://127.0.0.1:7100\"}]'."};
        }
    }
}

}  // namespace loquat::app
