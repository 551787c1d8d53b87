#include "services/registry/domain/instance.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace loquat::registry {
namespace {

constexpr std::array<std::string_view, status_count> status_texts{"UP", "DOWN", "STARTING",
                                                                  "OUT_OF_SERVICE", "UNKNOWN"};

constexpr std::size_t name_bytes_max = 512;

char to_upper(char letter) {
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

}  // namespace

std::string_view to_text(Status status) { return status_texts[static_cast<std::size_t>(status)]; }

std::optional<Status> find_status(std::string_view text) {
    for (std::size_t i = 0; i < status_count; ++i) {
        if (equal_ignoring_case(text, status_texts[i])) {
            return static_cast<Status>(i);
        }
    }
    return std::nullopt;
}

Status status_of(std::string_view text) { return find_status(text).value_or(Status::unknown); }

std::string hash_code_of(const StatusCounts& counts) {
    constexpr std::array sorted{Status::down, Status::out_of_service, Status::starting,
                                Status::unknown, Status::up};
    static_assert(sorted.size() == status_count);
    std::string code;
    for (const Status status : sorted) {
        if (const std::size_t number = counts[static_cast<std::size_t>(status)]; number > 0) {
            code += std::string{to_text(status)} + "_" + std::to_string(number) + "_";
        }
    }
    return code;
}

std::string_view to_text(Action action) {
    switch (action) {
        case Action::added:
            return "ADDED";
        case Action::modified:
            return "MODIFIED";
        case Action::deleted:
            return "DELETED";
    }
    return "ADDED";
}

std::string_view to_text(Departure departure) {
    switch (departure) {
        case Departure::none:
            return {};
        case Departure::canceled:
            return "it signed off";
        case Departure::lease_ended:
            return "it fell silent, and its lease ended";
        case Departure::connection_broke:
            return "its connection broke, and it was not heard of again";
    }
    return {};
}

std::size_t bytes_of(const Instance& instance) {
    std::size_t bytes = sizeof(Instance);
    for (const std::string* text :
         {&instance.id, &instance.app, &instance.app_group, &instance.host_name,
          &instance.ip_address, &instance.vip_address, &instance.secure_vip_address,
          &instance.asg_name, &instance.sid, &instance.home_page_url, &instance.status_page_url,
          &instance.health_check_url, &instance.secure_health_check_url,
          &instance.data_center.class_name, &instance.data_center.name}) {
        bytes += text->size();
    }
    for (const Texts* texts : {&instance.metadata, &instance.data_center.metadata}) {
        for (const auto& [name, value] : *texts) {
            bytes += sizeof(Texts::value_type) + name.size() + value.size();
        }
    }
    return bytes;
}

void set_text(Texts& texts, std::string_view name, std::string value) {
    const auto found = std::ranges::find(
        texts, name, [](const auto& text) { return std::string_view{text.first}; });
    if (found == texts.end()) {
        texts.emplace_back(name, std::move(value));
    } else {
        found->second = std::move(value);
    }
}

std::string to_app_name(std::string_view text) {
    std::string name{text};
    std::ranges::transform(name, name.begin(), to_upper);
    return name;
}

std::string missing_of(const Instance& instance, std::string_view app) {
    if (instance.id.empty()) {
        return "Missing instanceId";
    }
    if (instance.host_name.empty()) {
        return "Missing hostname";
    }
    if (instance.ip_address.empty()) {
        return "Missing ip address";
    }
    if (instance.app.empty()) {
        return "Missing appName";
    }
    if (instance.app != to_app_name(app)) {
        return "Mismatched appName, expecting " + to_app_name(app) + " but was " + instance.app;
    }
    if (instance.data_center.class_name.empty()) {
        return "Missing dataCenterInfo";
    }
    if (instance.data_center.name.empty()) {
        return "Missing dataCenterInfo Name";
    }
    const auto is_plain = [](const std::string& name) {
        return name.size() <= name_bytes_max && !find_control_character(name);
    };
    const bool may_be_kept =
        is_plain(instance.id) && is_plain(instance.app) && !instance.app.contains('/');
    return may_be_kept ? "" : "An appName or instanceId like this cannot be kept";
}

}  // namespace loquat::registry
