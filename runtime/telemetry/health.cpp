#include "runtime/telemetry/health.hpp"

namespace loquat::runtime {

void Health::add(Entry entry) {
    const std::lock_guard lock{mutex_};
    entries_.push_back(std::move(entry));
}

std::vector<Health::Finding> Health::list() const {
    const std::lock_guard lock{mutex_};
    std::vector<Finding> found;
    found.reserve(entries_.size());
    for (const Entry& entry : entries_) {
        found.push_back({entry.service, entry.name, entry.weight, entry.check()});
    }
    return found;
}

bool Health::is_up(std::string_view service) const {
    const std::lock_guard lock{mutex_};
    for (const Entry& entry : entries_) {
        if (entry.weight == Weight::needed && (service.empty() || entry.service == service) &&
            entry.check()) {
            return false;
        }
    }
    return true;
}

wire::Value Health::to_value(std::string_view service) const {
    const std::lock_guard lock{mutex_};
    wire::Value checks{wire::Object{}};
    bool all_up = true;
    for (const Entry& entry : entries_) {
        if (!service.empty() && entry.service != service) {
            continue;
        }
        wire::Value one{wire::Object{{"status", "UP"}}};
        if (const auto problem = entry.check()) {
            const bool is_needed = entry.weight == Weight::needed;
            all_up = all_up && !is_needed;
            one = wire::Object{{"status", is_needed ? "DOWN" : "UNKNOWN"}, {"detail", *problem}};
        }
        checks.set(service.empty() ? entry.service + "." + entry.name : entry.name, std::move(one));
    }
    return wire::Object{{"status", all_up ? "UP" : "DOWN"}, {"checks", std::move(checks)}};
}

}  // namespace loquat::runtime
