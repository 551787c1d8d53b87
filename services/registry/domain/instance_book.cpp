#include "services/registry/domain/instance_book.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "base/failure.hpp"

namespace loquat::registry {
namespace {

constexpr std::size_t instance_bytes_max = 64 * 1024;
// Clocks of two machines differ by no more, or one of them is wrong.
constexpr std::chrono::minutes clock_difference_max{1};

}  // namespace

const InstanceBook::App* InstanceBook::find_app(std::string_view name) const {
    const auto found = apps_.find(to_app_name(name));
    return found == apps_.end() ? nullptr : &found->second;
}

InstanceBook::Entry* InstanceBook::find_own(std::string_view app, std::string_view id) {
    return const_cast<Entry*>(find_entry(app, id));
}

const InstanceBook::Entry* InstanceBook::find_entry(std::string_view app,
                                                    std::string_view id) const {
    const App* known = find_app(app);
    if (known == nullptr) {
        return nullptr;
    }
    const auto entry = known->find(id);
    return entry == known->end() ? nullptr : &entry->second;
}

std::shared_ptr<const Instance> InstanceBook::find(std::string_view app,
                                                   std::string_view id) const {
    const Entry* entry = find_entry(app, id);
    return entry == nullptr ? nullptr : entry->instance;
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
    const std::size_t bytes = bytes_of(instance);
    bytes_ = by > 0 ? bytes_ + bytes : bytes_ - bytes;
}

void InstanceBook::forget_oldest_change() {
    forgotten_ = changes_.front().version;
    change_bytes_ -= bytes_of(*changes_.front().instance);
    changes_.pop_front();
}

void InstanceBook::note(std::shared_ptr<const Instance> instance, Departure why, Steady at) {
    change_bytes_ += bytes_of(*instance);
    changes_.push_back({++version_, at, std::move(instance), why});
    while (changes_.size() > rules_.changes_max ||
           (change_bytes_ > rules_.bytes_max && changes_.size() > 1)) {
        forget_oldest_change();
    }
}

void InstanceBook::due_at(Steady time) { next_due_ = std::min(next_due_, time); }

void InstanceBook::require_room(const Instance& instance, const Entry* known) const {
    if (bytes_of(instance) > instance_bytes_max) {
        throw Failure{Kind::too_large, "registry.too_large",
                      "An instance may say at most 64 KiB of itself."};
    }
    const bool is_full =
        size_ >= rules_.instances_max || bytes_ + bytes_of(instance) > rules_.bytes_max;
    if (known == nullptr && is_full) {
        throw Failure{Kind::unavailable, "registry.full",
                      "The registry holds as many instances as it may."};
    }
}

void InstanceBook::put(Entry& entry, Instance instance, Moment now) {
    if (entry.instance) {
        count(*entry.instance, -1);
    }
    entry.instance = std::make_shared<const Instance>(std::move(instance));
    count(*entry.instance, 1);
    note(entry.instance, Departure::none, now.steady);
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
    Entry* known = find_own(instance.app, instance.id);
    require_room(instance, known);
    // A copy of the future is of a clock that jumped: it must not stand against what comes now. One
    // that was not of the future when it came is of ours.
    const auto is_ahead = [&](const Instance& copy) {
        return copy.dirty_at > now.wall + clock_difference_max;
    };
    const bool known_is_ahead = known != nullptr && known->came_ahead && is_ahead(*known->instance);
    bool came_ahead = is_ahead(instance);
    if (known != nullptr && known->instance->dirty_at > instance.dirty_at && !known_is_ahead) {
        instance = *known->instance;
        came_ahead = known->came_ahead;
    }
    if (instance.overridden_status != Status::unknown && !overrides_.contains(instance.id)) {
        overrides_[instance.id] = {instance.overridden_status, now.steady + rules_.override_kept};
    }
    if (const auto found = overrides_.find(instance.id); found != overrides_.end()) {
        instance.overridden_status = found->second.status;
    }
    instance.status = status_for(instance, known, origin, now.steady);
    instance.action = Action::added;
    if (origin == Origin::client || instance.lease.registered_at == Time{}) {
        instance.lease.registered_at = now.wall;
    }
    instance.lease.renewed_at = now.wall;
    instance.lease.evicted_at = {};
    if (origin == Origin::client) {
        instance.lease.up_since = known != nullptr ? known->instance->lease.up_since : Time{};
    }
    if (instance.lease.up_since == Time{} && instance.status == Status::up) {
        instance.lease.up_since = now.wall;
    }
    instance.updated_at = now.wall;
    Entry& entry = apps_[instance.app][instance.id];
    entry.lease_ends = end_of_lease(instance, now.steady);
    entry.renewed_at = now.wall;
    entry.came_ahead = came_ahead;
    entry.is_kept = false;
    entry.is_broken = false;
    due_at(entry.lease_ends);
    put(entry, std::move(instance), now);
}

InstanceBook::Renewal InstanceBook::renew(std::string_view app, std::string_view id,
                                          const Beat& beat, Origin origin, Moment now) {
    Entry* entry = find_own(app, id);
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
    entry->renewed_at = now.wall;
    entry->is_kept = false;
    entry->is_broken = false;
    due_at(entry->lease_ends);
    if (status != here.status) {
        Instance renewed = here;
        renewed.lease.renewed_at = now.wall;
        renewed.status = status;
        renewed.overridden_status = beat.overridden.value_or(here.overridden_status);
        renewed.action = Action::modified;
        renewed.updated_at = now.wall;
        put(*entry, std::move(renewed), now);
    }
    if (beat.dirty_at && *beat.dirty_at < entry->instance->dirty_at && origin == Origin::peer) {
        return Renewal::is_newer;
    }
    return Renewal::renewed;
}

bool InstanceBook::remove(std::string_view app, std::string_view id, Departure why, Moment now) {
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
    note(std::make_shared<const Instance>(std::move(gone)), why, now.steady);
    return true;
}

bool InstanceBook::override_status(std::string_view app, std::string_view id, Status status,
                                   Moment now) {
    Entry* entry = find_own(app, id);
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
    entry->renewed_at = now.wall;
    put(*entry, std::move(changed), now);
    return true;
}

bool InstanceBook::drop_override(std::string_view app, std::string_view id, Status next,
                                 Moment now) {
    Entry* entry = find_own(app, id);
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
    Entry* entry = find_own(app, id);
    if (entry == nullptr) {
        return false;
    }
    Instance changed = *entry->instance;
    for (const auto& [name, value] : texts) {
        set_text(changed.metadata, name, value);
    }
    require_room(changed, entry);
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

bool InstanceBook::hold(std::string_view app, std::string_view id, Moment now) {
    Entry* entry = find_own(app, id);
    if (entry == nullptr) {
        return false;
    }
    ++entry->connections;
    if (std::exchange(entry->is_broken, false)) {
        entry->lease_ends = end_of_lease(*entry->instance, now.steady);
        due_at(entry->lease_ends);
    }
    return true;
}

void InstanceBook::let_go(std::string_view app, std::string_view id, Moment now) {
    Entry* entry = find_own(app, id);
    if (entry == nullptr || entry->connections == 0 || --entry->connections > 0) {
        return;
    }
    entry->is_broken = true;
    entry->lease_ends = std::min<Steady>(entry->lease_ends, now.steady + rules_.broken_grace);
    due_at(entry->lease_ends);
}

void InstanceBook::expire_app(const std::string& name, App& app, Steady now,
                              std::vector<Due>& gone) {
    std::vector<Entry*> silent;
    for (auto& [id, entry] : app) {
        const auto lease = entry.instance->lease.duration;
        if (now < entry.lease_ends) {
            due_at(entry.lease_ends);
        } else if (entry.is_broken) {
            gone.push_back({name, id, Departure::connection_broke});
        } else if (now >= entry.lease_ends + lease * rules_.kept_leases_max) {
            gone.push_back({name, id, Departure::lease_ended});
        } else {
            silent.push_back(&entry);
        }
    }
    const bool may_all = silent.size() <= may_remove(name, app.size(), now);
    for (Entry* entry : silent) {
        entry->is_kept = !may_all;
        if (may_all) {
            removals_[name].at.push_back(now);
            gone.push_back({name, entry->instance->id, Departure::lease_ended});
        } else {
            due_at(now + std::chrono::seconds{1});
        }
    }
}

void InstanceBook::forget(Steady now) {
    while (!changes_.empty() && changes_.front().at + rules_.changes_kept <= now) {
        forget_oldest_change();
    }
    std::erase_if(overrides_, [now](const auto& one) { return one.second.ends <= now; });
    std::erase_if(removals_, [this, now](const auto& one) {
        return one.second.at.empty() || one.second.at.back() + rules_.removal_window <= now;
    });
}

std::vector<InstanceBook::Removed> InstanceBook::expire(Moment now) {
    std::vector<Due> gone;
    if (now.steady >= next_due_) {
        next_due_ = Steady::max();
        for (auto& [name, app] : apps_) {
            expire_app(name, app, now.steady, gone);
        }
    }
    std::vector<Removed> removed;
    for (const Due& one : gone) {
        const auto instance = find(one.app, one.id);
        remove(one.app, one.id, one.why, now);
        removed.push_back({instance, one.why});
    }
    forget(now.steady);
    return removed;
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
