#include "services/registry/domain/instance_book.hpp"

#include <algorithm>
#include <unordered_set>

#include "base/failure.hpp"

namespace loquat::registry {

const InstanceBook::App* InstanceBook::find_app(std::string_view name) const {
    const auto found = apps_.find(to_app_name(name));
    return found == apps_.end() ? nullptr : &found->second;
}

InstanceBook::Entry* InstanceBook::find_entry(std::string_view app, std::string_view id) {
    const auto found = apps_.find(to_app_name(app));
    if (found == apps_.end()) {
        return nullptr;
    }
    const auto entry = found->second.find(id);
    return entry == found->second.end() ? nullptr : &entry->second;
}

std::shared_ptr<const Instance> InstanceBook::find(std::string_view app,
                                                   std::string_view id) const {
    const App* known = find_app(app);
    if (known == nullptr) {
        return nullptr;
    }
    const auto entry = known->find(id);
    return entry == known->end() ? nullptr : entry->second.instance;
}

std::shared_ptr<const Instance> InstanceBook::find_anywhere(std::string_view id) const {
    for (const auto& [name, app] : apps_) {
        if (const auto entry = app.find(id); entry != app.end()) {
            return entry->second.instance;
        }
    }
    return nullptr;
}

void InstanceBook::count(const Instance& instance, int by) {
    std::size_t& number = by_status_[static_cast<std::size_t>(instance.status)];
    number = by > 0 ? number + 1 : number - 1;
    size_ = by > 0 ? size_ + 1 : size_ - 1;
}

void InstanceBook::note(std::shared_ptr<const Instance> instance, Steady at) {
    changes_.push_back({++version_, at, std::move(instance)});
    while (changes_.size() > rules_.changes_max) {
        forgotten_ = changes_.front().version;
        changes_.pop_front();
    }
}

void InstanceBook::put(Entry& entry, Instance instance, Moment now) {
    if (entry.instance) {
        count(*entry.instance, -1);
    }
    entry.instance = std::make_shared<const Instance>(std::move(instance));
    count(*entry.instance, 1);
    note(entry.instance, now.steady);
}

Steady InstanceBook::end_of_lease(const Instance& instance, Steady now) const {
    return now + instance.lease.duration * (rules_.counts_leases_twice ? 2 : 1);
}

// An instance that is not up by its own word is not; then comes what somebody decided; then what
// is known of it; then its own word.
Status InstanceBook::status_for(const Instance& instance, const Entry* known, Origin origin,
                                Steady now) {
    if (instance.status != Status::up && instance.status != Status::out_of_service) {
        return instance.status;
    }
    if (const auto found = overrides_.find(instance.id); found != overrides_.end()) {
        found->second.ends = now + rules_.override_kept;
        return found->second.status;
    }
    if (origin == Origin::client && known != nullptr &&
        (known->instance->status == Status::up ||
         known->instance->status == Status::out_of_service)) {
        return known->instance->status;
    }
    return instance.status;
}

void InstanceBook::add(Instance instance, Origin origin, Moment now) {
    Entry* known = find_entry(instance.app, instance.id);
    if (known == nullptr && size_ >= rules_.instances_max) {
        throw Failure{Kind::unavailable, "registry.full",
                      "The registry holds as many instances as it may."};
    }
    if (known != nullptr && known->instance->dirty_at > instance.dirty_at) {
        instance = *known->instance;
    }
    if (instance.overridden_status != Status::unknown && !overrides_.contains(instance.id)) {
        overrides_[instance.id] = {instance.overridden_status, now.steady + rules_.override_kept};
    }
    if (const auto found = overrides_.find(instance.id); found != overrides_.end()) {
        instance.overridden_status = found->second.status;
    }
    instance.status = status_for(instance, known, origin, now.steady);
    instance.action = Action::added;
    instance.lease.registered_at = now.wall;
    instance.lease.renewed_at = now.wall;
    instance.lease.evicted_at = {};
    instance.lease.up_since = known != nullptr ? known->instance->lease.up_since : Time{};
    if (instance.lease.up_since == Time{} && instance.status == Status::up) {
        instance.lease.up_since = now.wall;
    }
    instance.updated_at = now.wall;
    Entry& entry = apps_[instance.app][instance.id];
    entry.lease_ends = end_of_lease(instance, now.steady);
    entry.is_kept = false;
    put(entry, std::move(instance), now);
}

InstanceBook::Renewal InstanceBook::renew(std::string_view app, std::string_view id,
                                          const Beat& beat, Origin origin, Moment now) {
    Entry* entry = find_entry(app, id);
    if (entry == nullptr) {
        return Renewal::unknown;
    }
    const Instance& here = *entry->instance;
    const Status status = status_for(here, entry, origin, now.steady);
    if (status == Status::unknown) {
        return Renewal::unknown;
    }
    if (beat.dirty_at && *beat.dirty_at > here.dirty_at) {
        return Renewal::unknown;
    }
    entry->lease_ends = end_of_lease(here, now.steady);
    entry->is_kept = false;
    Instance renewed = here;
    renewed.lease.renewed_at = now.wall;
    const bool has_other_status = status != here.status;
    if (has_other_status) {
        renewed.status = status;
        renewed.overridden_status = beat.overridden.value_or(here.overridden_status);
        renewed.action = Action::modified;
        renewed.updated_at = now.wall;
        put(*entry, std::move(renewed), now);
    } else {
        entry->instance = std::make_shared<const Instance>(std::move(renewed));
    }
    if (beat.dirty_at && *beat.dirty_at < entry->instance->dirty_at && origin == Origin::peer) {
        return Renewal::is_newer;
    }
    return Renewal::renewed;
}

bool InstanceBook::remove(std::string_view app, std::string_view id, Moment now) {
    const auto found = apps_.find(to_app_name(app));
    if (found == apps_.end()) {
        return false;
    }
    const auto entry = found->second.find(id);
    if (entry == found->second.end()) {
        return false;
    }
    Instance gone = *entry->second.instance;
    count(gone, -1);
    gone.action = Action::deleted;
    gone.lease.evicted_at = now.wall;
    gone.updated_at = now.wall;
    overrides_.erase(gone.id);
    found->second.erase(entry);
    if (found->second.empty()) {
        apps_.erase(found);
    }
    note(std::make_shared<const Instance>(std::move(gone)), now.steady);
    return true;
}

bool InstanceBook::override_status(std::string_view app, std::string_view id, Status status,
                                   Moment now) {
    Entry* entry = find_entry(app, id);
    if (entry == nullptr) {
        return false;
    }
    overrides_[entry->instance->id] = {status, now.steady + rules_.override_kept};
    Instance changed = *entry->instance;
    changed.status = status;
    changed.overridden_status = status;
    changed.action = Action::modified;
    changed.updated_at = now.wall;
    changed.lease.renewed_at = now.wall;
    if (status == Status::up && changed.lease.up_since == Time{}) {
        changed.lease.up_since = now.wall;
    }
    entry->lease_ends = end_of_lease(changed, now.steady);
    put(*entry, std::move(changed), now);
    return true;
}

bool InstanceBook::drop_override(std::string_view app, std::string_view id, Status next,
                                 Moment now) {
    Entry* entry = find_entry(app, id);
    if (entry == nullptr) {
        return false;
    }
    overrides_.erase(entry->instance->id);
    Instance changed = *entry->instance;
    changed.overridden_status = Status::unknown;
    changed.status = next;
    changed.action = Action::modified;
    changed.updated_at = now.wall;
    put(*entry, std::move(changed), now);
    return true;
}

bool InstanceBook::set_metadata(std::string_view app, std::string_view id, const Texts& texts,
                                Moment now) {
    Entry* entry = find_entry(app, id);
    if (entry == nullptr) {
        return false;
    }
    Instance changed = *entry->instance;
    for (const auto& [name, value] : texts) {
        set_text(changed.metadata, name, value);
    }
    changed.action = Action::modified;
    changed.updated_at = now.wall;
    put(*entry, std::move(changed), now);
    return true;
}

std::size_t InstanceBook::may_remove(const std::string& name, std::size_t size, Steady now) {
    auto& removed = removals_[name].at;
    while (!removed.empty() && removed.front() + rules_.removal_window <= now) {
        removed.pop_front();
    }
    const std::size_t before = size + removed.size();
    const std::size_t most = std::max<std::size_t>(
        1, before * static_cast<std::size_t>(rules_.removed_percent_max) / 100);
    return most > removed.size() ? most - removed.size() : 0;
}

void InstanceBook::expire_app(const std::string& name, App& app, Moment now,
                              std::vector<std::string>& removed) {
    std::vector<std::string> silent;
    std::vector<std::string> gone;
    for (const auto& [id, entry] : app) {
        const auto lease = entry.instance->lease.duration;
        if (now.steady >= entry.lease_ends + lease * rules_.kept_leases_max) {
            gone.push_back(id);
        } else if (now.steady >= entry.lease_ends) {
            silent.push_back(id);
        }
    }
    const bool may_all = silent.size() <= may_remove(name, app.size(), now.steady);
    for (const std::string& id : silent) {
        app.find(id)->second.is_kept = !may_all;
    }
    if (may_all) {
        gone.insert(gone.end(), silent.begin(), silent.end());
    }
    for (const std::string& id : gone) {
        removals_[name].at.push_back(now.steady);
        removed.push_back(id);
    }
}

std::vector<std::string> InstanceBook::expire(Moment now) {
    std::vector<std::pair<std::string, std::string>> gone;
    for (auto& [name, app] : apps_) {
        std::vector<std::string> ids;
        expire_app(name, app, now, ids);
        for (std::string& id : ids) {
            gone.emplace_back(name, std::move(id));
        }
    }
    std::vector<std::string> removed;
    for (auto& [name, id] : gone) {
        remove(name, id, now);
        removed.push_back(std::move(id));
    }
    while (!changes_.empty() && changes_.front().at + rules_.changes_kept <= now.steady) {
        forgotten_ = changes_.front().version;
        changes_.pop_front();
    }
    std::erase_if(overrides_, [&now](const auto& one) { return one.second.ends <= now.steady; });
    std::erase_if(removals_, [this, &now](const auto& one) {
        return one.second.at.empty() || one.second.at.back() + rules_.removal_window <= now.steady;
    });
    return removed;
}

std::string InstanceBook::hash_code() const {
    constexpr std::array sorted{Status::down, Status::out_of_service, Status::starting,
                                Status::unknown, Status::up};
    static_assert(sorted.size() == status_count);
    std::string code;
    for (const Status status : sorted) {
        const std::size_t number = by_status_[static_cast<std::size_t>(status)];
        if (number > 0) {
            code += to_text(status);
            code += '_';
            code += std::to_string(number);
            code += '_';
        }
    }
    return code;
}

std::optional<std::vector<InstanceBook::Change>> InstanceBook::changes_since(
    std::uint64_t version) const {
    if (version < forgotten_ || version > version_) {
        return std::nullopt;
    }
    std::vector<Change> latest;
    std::unordered_set<std::string> seen;
    for (auto change = changes_.rbegin(); change != changes_.rend() && change->version > version;
         ++change) {
        const Instance& instance = *change->instance;
        if (seen.insert(instance.app + '/' + instance.id).second) {
            latest.push_back(*change);
        }
    }
    std::ranges::reverse(latest);
    return latest;
}

std::vector<InstanceBook::Change> InstanceBook::recent_changes() const {
    return changes_since(forgotten_).value_or(std::vector<Change>{});
}

}  // namespace loquat::registry
