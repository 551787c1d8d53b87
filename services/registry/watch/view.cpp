#include "services/registry/watch/view.hpp"

#include "base/text.hpp"

namespace loquat::registry {
namespace {

constexpr std::uint64_t weight_max = 10'000;

std::string find_text(const Texts& texts, std::string_view name) {
    for (const auto& [key, value] : texts) {
        if (key == name || (key.starts_with("x-") && std::string_view{key}.substr(2) == name)) {
            return value;
        }
    }
    return {};
}

std::string url_of(const Instance& instance) {
    const bool is_secure = instance.secure_port.is_enabled;
    const bool is_v6 = instance.host_name.find(':') != std::string::npos;
    return std::string{is_secure ? "https://" : "http://"} + (is_v6 ? "[" : "") +
           instance.host_name + (is_v6 ? "]" : "") + ":" +
           std::to_string(is_secure ? instance.secure_port.number : instance.port.number);
}

std::string reason_of(const Instance& instance) {
    if (instance.overridden_status != Status::unknown && instance.status != Status::up) {
        return "somebody set it to " + std::string{to_text(instance.overridden_status)};
    }
    switch (instance.status) {
        case Status::up:
            return {};
        case Status::down:
            return "it says that it is down";
        case Status::starting:
            return "it is still starting";
        case Status::out_of_service:
            return "it says that it is out of service";
        case Status::unknown:
            return "its status was taken back, and it has not registered again";
    }
    return {};
}

}  // namespace

contracts::RegistryInstance view_of(const Instance& instance) {
    contracts::RegistryInstance view{
        .application = instance.app, .id = instance.id, .host = instance.host_name};
    view.secure = instance.secure_port.is_enabled;
    view.port = view.secure ? instance.secure_port.number : instance.port.number;
    view.url = url_of(instance);
    view.status = to_text(instance.status);
    view.overridden = instance.overridden_status != Status::unknown;
    view.zone = find_text(instance.metadata, "zone");
    const auto weight = parse_number(find_text(instance.metadata, "weight"));
    view.weight = weight ? static_cast<std::int32_t>(std::min(*weight, weight_max)) : 100;
    view.version = find_text(instance.metadata, "version");
    const std::string contracts = find_text(instance.metadata, "contracts");
    for (const std::string_view one : split(contracts, ',')) {
        if (!trim(one).empty()) {
            view.contracts.emplace_back(trim(one));
        }
    }
    wire::Object metadata;
    for (const auto& [name, value] : instance.metadata) {
        metadata.emplace_back(name, value);
    }
    view.metadata = std::move(metadata);
    view.since = instance.lease.registered_at;
    view.last_heard = instance.lease.renewed_at;
    view.reason = reason_of(instance);
    return view;
}

contracts::RegistryInstance view_of(const InstanceBook::Entry& entry) {
    contracts::RegistryInstance view = view_of(*entry.instance);
    view.last_heard = entry.renewed_at;
    if (entry.is_kept) {
        view.reason += view.reason.empty() ? "" : "; ";
        view.reason += "it is silent; kept, because more fell silent at once than may be removed";
    }
    return view;
}

contracts::RegistryChange view_of(const InstanceBook::Change& change, const std::string& epoch) {
    contracts::RegistryChange view{.epoch = epoch, .version = change.version};
    view.action = change.instance->action == Action::added ? contracts::RegistryAction::added
                  : change.instance->action == Action::modified
                      ? contracts::RegistryAction::modified
                      : contracts::RegistryAction::removed;
    view.instance = view_of(*change.instance);
    if (change.departure != Departure::none) {
        view.instance.reason = to_text(change.departure);
    }
    return view;
}

}  // namespace loquat::registry
