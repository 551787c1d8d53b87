#include "runtime/calls/callees.hpp"

#include <algorithm>

#include "base/failure.hpp"

namespace loquat::runtime {
namespace {

bool has(const std::vector<const Module*>& modules, std::string_view service) {
    return std::ranges::any_of(modules,
                               [&](const Module* module) { return module->name == service; });
}

std::string join(const std::vector<std::string>& parts) {
    std::string joined;
    for (const std::string& part : parts) {
        joined += (joined.empty() ? "" : ", ") + part;
    }
    return joined;
}

}  // namespace

void check_callees(const std::vector<const Module*>& modules, const std::vector<ServiceUrl>& urls) {
    std::vector<std::string> missing;
    std::vector<std::string> needs;
    for (const Module* module : modules) {
        for (const Call& call : module->calls) {
            const std::string service{call.service};
            if (call.need == Need::optional || has(modules, service) ||
                std::ranges::find(urls, service, &ServiceUrl::service) != urls.end()) {
                continue;
            }
            if (std::ranges::find(missing, service) == missing.end()) {
                missing.push_back(service);
            }
            needs.push_back(std::string{module->name} + " needs " + service);
        }
    }
    if (!missing.empty()) {
        throw Failure{Kind::invalid, "serve.neighbour_unknown",
                      join(needs) + ": name " + join(missing) + " too, or say where " +
                          (missing.size() == 1 ? "it is" : "they are") +
                          ", as in --set 'platform.urls=[{service: " + missing.front() +
                          ", url: \"http://127.0.0.1:7100\"}]'."};
    }
}

std::vector<const Module*> in_order_of_start(std::vector<const Module*> modules) {
    std::vector<const Module*> ordered;
    const auto waits = [&modules](const Module* module) {
        return std::ranges::any_of(modules, [module](const Module* other) {
            const bool is_needed = std::ranges::any_of(module->calls, [other](const Call& call) {
                return call.service == other->name && call.need == Need::required;
            });
            return other != module &&
                   (other->start < module->start || (other->start == module->start && is_needed));
        });
    };
    while (!modules.empty()) {
        auto next = std::ranges::find_if_not(modules, waits);
        if (next == modules.end()) {
            next = std::ranges::min_element(modules, {}, &Module::start);  // of a circle
        }
        ordered.push_back(*next);
        modules.erase(next);
    }
    return ordered;
}

std::shared_ptr<const contracts::Callee> Clients::ask_for(Wanted wanted) {
    auto callee = std::make_shared<contracts::Callee>();
    if (is_connected_) {
        *callee = find_(wanted);
    } else {
        clients_.push_back({std::move(wanted), callee});
    }
    return callee;
}

void Clients::connect() {
    for (Client& client : clients_) {
        *client.callee = find_(client.wanted);
    }
    clients_.clear();
    is_connected_ = true;
}

}  // namespace loquat::runtime
