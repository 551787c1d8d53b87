#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "services/registry/domain/instance.hpp"

namespace loquat::registry {

// Who says something: an instance (or who speaks for it), or another registry that heard it.
enum class Origin : std::uint8_t { client, peer };

// Now, in both kinds of time: leases end by the one that never jumps.
struct Moment {
    Time wall{};
    Steady steady{};
};

// The registry itself: which applications have which instances, how long each lease runs, and what
// changed lately.  Pure: time is passed in.  The rules are those of Netflix's server
// (PeerAwareInstanceRegistryImpl), but for two: a lease ends when it says so, not after twice its
// time, and what is kept when many fall silent is judged for each application by itself.
class InstanceBook {
  public:
    struct Rules {
        // As Netflix's server does: a lease ends after twice its duration.
        bool counts_leases_twice = false;
        // Of one application at most so many, in a hundred and at least one, are removed for
        // silence within `removal_window`; the others are kept, for the network is more likely to
        // be broken than all of them.
        std::int32_t removed_percent_max = 15;
        std::chrono::seconds removal_window{60};
        // So often its lease a kept one stays at most.
        std::int32_t kept_leases_max = 10;
        std::chrono::seconds changes_kept{180};
        std::size_t changes_max = 100'000;
        // Of everything that instances say, and again of what is kept of their changes.
        std::size_t bytes_max = 256 * 1024 * 1024;
        // An instance whose connection broke has so long to be heard of again.
        std::chrono::milliseconds broken_grace{1000};
        std::chrono::seconds override_kept{3600};
        std::size_t instances_max = 50'000;
    };

    // What a heartbeat says besides that it is one.
    struct Beat {
        std::optional<Status> overridden;  // from a peer
        std::optional<Time> dirty_at;
    };
    enum class Renewal : std::uint8_t {
        renewed,
        unknown,   // register again
        is_newer,  // for a peer: what is here is newer than what it has
    };
    // How an instance stands, for people.
    struct Entry {
        std::shared_ptr<const Instance> instance;
        Steady lease_ends{};
        Time renewed_at{};
        bool came_ahead = false;  // its clock was ahead of ours when it came
        bool is_kept = false;     // its lease is over, and it is kept all the same
        bool is_broken = false;   // the connection that it held is gone, and it was not heard since
        std::uint32_t connections = 0;  // that it holds: with the last its lease shrinks
    };
    struct Change {
        std::uint64_t version = 0;
        Steady at{};
        std::shared_ptr<const Instance> instance;  // as it was then, with its action
        Departure departure = Departure::none;
    };
    using App = std::map<std::string, Entry, std::less<>>;  // by id
    using Apps = std::map<std::string, App, std::less<>>;   // by name

    explicit InstanceBook(Rules rules) : rules_(rules) {}

    // Throws `registry.full` (unavailable).
    void add(Instance instance, Origin origin, Moment now);
    Renewal renew(std::string_view app, std::string_view id, const Beat& beat, Origin origin,
                  Moment now);
    // False when it is not there; so for the ones below.
    bool remove(std::string_view app, std::string_view id, Departure why, Moment now);
    bool override_status(std::string_view app, std::string_view id, Status status, Moment now);
    // The instance's own status is `next` from now on.
    bool drop_override(std::string_view app, std::string_view id, Status next, Moment now);
    // Throws `registry.too_large`.
    bool set_metadata(std::string_view app, std::string_view id, const Texts& texts, Moment now);

    // A connection lives as long as the instance: when the last breaks and nothing more is heard,
    // the instance is gone soon, however many others are.  Another one in time is as good.
    bool hold(std::string_view app, std::string_view id, Moment now);
    void let_go(std::string_view app, std::string_view id, Moment now);

    struct Removed {
        std::shared_ptr<const Instance> instance;
        Departure why = Departure::none;
    };
    // Ends leases, and forgets old changes and overrides; who was removed.  Cheap while nothing is
    // due.
    std::vector<Removed> expire(Moment now);

    const Apps& apps() const { return apps_; }
    const App* find_app(std::string_view name) const;
    const Entry* find_entry(std::string_view app, std::string_view id) const;
    std::shared_ptr<const Instance> find(std::string_view app, std::string_view id) const;
    std::shared_ptr<const Instance> find_anywhere(std::string_view id) const;
    std::size_t size() const { return size_; }
    std::size_t count_of(Status status) const {
        return by_status_[static_cast<std::size_t>(status)];
    }
    std::string hash_code() const { return hash_code_of(by_status_); }

    // Grows with every change.
    std::uint64_t version() const { return version_; }
    // The latest change of each instance after `version`, oldest first; none when not all of them
    // are known any more.
    std::optional<std::vector<Change>> changes_since(std::uint64_t version) const;
    // The last change that is not kept any more.
    std::uint64_t forgotten() const { return forgotten_; }
    // Those that are still kept: what Eureka calls the delta.
    std::vector<Change> recent_changes() const;

  private:
    struct Override {
        Status status = Status::unknown;
        Steady ends{};
    };
    struct Removals {
        std::deque<Steady> at;
    };

    Entry* find_own(std::string_view app, std::string_view id);
    void put(Entry& entry, Instance instance, Moment now);
    void note(std::shared_ptr<const Instance> instance, Departure why, Steady at);
    void forget_oldest_change();
    void count(const Instance& instance, int by);
    void require_room(const Instance& instance, const Entry* known) const;
    void due_at(Steady time);
    Status status_for(const Instance& instance, const Entry* known, Origin origin, Steady now);
    std::size_t may_remove(const std::string& name, std::size_t size, Steady now);
    struct Due {
        std::string app;
        std::string id;
        Departure why = Departure::none;
    };
    void expire_app(const std::string& name, App& app, Steady now, std::vector<Due>& gone);
    void forget(Steady now);
    Steady end_of_lease(const Instance& instance, Steady now) const;

    Rules rules_;
    Apps apps_;
    std::size_t size_ = 0;
    StatusCounts by_status_{};
    std::unordered_map<std::string, Override> overrides_;
    std::map<std::string, Removals, std::less<>> removals_;
    std::deque<Change> changes_;
    std::size_t bytes_ = 0;
    std::size_t change_bytes_ = 0;
    Steady next_due_ = Steady::max();  // no lease ends before
    std::uint64_t forgotten_ = 0;      // the last change that is not kept any more
    std::uint64_t version_ = 0;
};

}  // namespace loquat::registry
