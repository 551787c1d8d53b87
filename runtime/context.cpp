#include "runtime/context.hpp"

#include "runtime/dispatcher.hpp"
#include "runtime/platform_state.hpp"
#include "runtime/remote.hpp"

namespace loquat::runtime {

const PlatformConfig& Context::platform_config() const { return platform_.state_->settings; }

const Clock& Context::clock() const {
    const Platform::State& state = *platform_.state_;
    return state.options.clock != nullptr ? *state.options.clock : state.system_clock;
}

Metrics& Context::metrics() const { return platform_.state_->metrics; }
Health& Context::health() const { return platform_.state_->health; }
const std::filesystem::path& Context::data_folder() const {
    return platform_.state_->folder.path();
}
store::Folder& Context::folder() const { return platform_.state_->folder; }
store::Broadcast& Context::broadcast() const { return *platform_.state_->broadcast; }
StandingRights& Context::rights() const { return platform_.state_->rights; }
store::EventLog& Context::log() const { return platform_.state_->event_log(); }
store::TopicTroubles& Context::troubles() const { return platform_.state_->troubles; }
store::MessageStore& Context::messages() const { return platform_.state_->message_store(); }
store::UsageStore& Context::usage() const { return *platform_.state_->ledgers().usage; }
store::AuditStore& Context::audit() const { return *platform_.state_->ledgers().audit; }

store::Database& Context::database(std::span<const store::Migration> schema) const {
    return platform_.state_->database(service_, schema, store::Durability::power_loss);
}

void Context::expose_upgrade(std::string path, UpgradeTarget& target) {
    platform_.state_->dispatcher.add_upgrade(std::move(path), edge_, target);
}

const Dispatcher& Context::dispatcher() const { return platform_.state_->dispatcher; }
const std::string& Context::internal_key() const { return platform_.state_->internal_key; }

std::string Context::service_url(std::string_view service) const {
    for (const ServiceUrl& entry : platform_.state_->settings.urls) {
        if (entry.service == service) {
            return entry.url;
        }
    }
    return {};
}

const Config& Context::config_section_value() const { return platform_.state_->config; }

bool Context::calls_directly() const { return platform_.state_->options.calls == Calls::direct; }

bool Context::is_hosted(std::string_view service) const {
    return platform_.state_->hosted_services.contains(service);
}

Context::Hosted Context::find_hosted(std::type_index interface) const {
    const auto& hosted = platform_.state_->hosted;
    const auto found = hosted.find(interface);
    return found == hosted.end() ? Hosted{} : Hosted{found->second.first, found->second.second};
}

std::shared_ptr<contracts::Transport> Context::make_transport(std::string_view service) const {
    if (is_hosted(service)) {
        return make_loopback_transport(dispatcher());
    }
    const std::string url = service_url(service);
    if (url.empty()) {
        return make_absent_transport(std::string{service});
    }
    return make_http_transport(loop_, url, internal_key());
}

contracts::CallObserver* Context::observer() const { return platform_.state_.get(); }

void Context::expose_erased(std::string_view service, std::type_index interface, void* api,
                            std::vector<contracts::Operation> operations) {
    Platform::State& state = *platform_.state_;
    state.hosted[interface] = {api, &loop_};
    state.hosted_services.emplace(service);
    state.dispatcher.add(service, api, loop_, std::move(operations));
}

}  // namespace loquat::runtime
