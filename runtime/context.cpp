#include "runtime/context.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "base/check.hpp"
#include "runtime/calls/caller_header.hpp"
#include "runtime/front/dispatcher.hpp"
#include "runtime/platform/platform_state.hpp"

namespace loquat::runtime {

const PlatformConfig& Context::platform_config() const { return platform_.state_->settings; }

const Clock& Context::clock() const {
    const Platform::State& state = *platform_.state_;
    return state.options.clock != nullptr ? *state.options.clock : state.system_clock;
}

Metrics& Context::metrics() const { return platform_.state_->metrics; }
Health& Context::health() const { return platform_.state_->health; }
Actuator& Context::actuator() const { return platform_.state_->actuator; }
StandingRights& Context::rights() const { return platform_.state_->rights; }
Stores& Context::stores() const { return platform_.state_->stores; }

void Context::expose_upgrade(std::string path, UpgradeTarget& target) {
    platform_.state_->dispatcher.add_upgrade(std::move(path), edge_, target);
}

const Dispatcher& Context::dispatcher() const { return platform_.state_->dispatcher; }
const std::string& Context::internal_key() const { return platform_.state_->internal_key; }

bool Context::has_internal_key(const net::http::RequestHead& head) const {
    const std::string_view key = head.headers.get(internal_key_field);
    return !key.empty() && equal_in_constant_time(key, internal_key());
}

std::string Context::call_key(std::string_view callee) const {
    return platform_.state_->call_key(service_, callee);
}

bool Context::is_ours(const net::http::Exchange& exchange) const {
    const Peer peer = platform_.state_->gate.identify(
        exchange.head().headers.get(internal_key_field), exchange.certificate_names());
    return peer.kind != PeerKind::stranger;
}

PlatformTls& Context::tls() const { return platform_.state_->tls; }

TakenPort Context::taken_port() const { return platform_.state_->options.taken_port; }

std::vector<std::string> Context::known_services() const {
    std::vector<std::string> names = platform_.state_->config.section_names();
    std::erase_if(names, [](const auto& name) { return name == "platform" || name == "store"; });
    return names;
}

std::string Context::service_url(std::string_view service) const {
    return platform_.state_->url_of(service);
}

Neighbours& Context::neighbours() const { return platform_.state_->neighbours; }

const Config& Context::config_section_value() const { return platform_.state_->config; }

bool Context::is_hosted(std::string_view service) const {
    return platform_.state_->is_hosted(service);
}

std::shared_ptr<const contracts::Callee> Context::ask_for(std::string_view service,
                                                          std::type_index interface) const {
    LOQUAT_CHECK(std::ranges::find(module_.calls, service, &Call::service) != module_.calls.end(),
                 "a module's `calls` lacks a service that it calls");
    return platform_.state_->clients.ask_for({std::string{service}, interface, loop_, service_});
}

void Context::expose_erased(std::string_view service, std::type_index interface, void* api,
                            std::vector<contracts::Operation> operations) {
    Platform::State& state = *platform_.state_;
    state.hosted[interface] = {api, &loop_};
    const std::pair offer{std::string{service}, contract_name(interface)};
    if (std::ranges::find(state.offered, offer) == state.offered.end()) {
        state.offered.push_back(offer);
    }
    state.dispatcher.add(service, api, loop_, std::move(operations));
}

}  // namespace loquat::runtime
