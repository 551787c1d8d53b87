#pragma once
#include <atomic>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "base/clock.hpp"
#include "contracts/registry/registry.hpp"
#include "net/http/event_source.hpp"
#include "runtime/discovery/instances.hpp"

namespace loquat::runtime {

// Instances as a registry tells them.  A service whose addresses are configured
// (`platform.urls`) has those and no others.  What was known last is kept in a file, so that a
// process that starts while no registry answers finds the others all the same.
//
// An application whose last instance was removed is still told for `parting`: one that registers
// anew (as Spring's do when their settings are refreshed) is away for a moment without being gone,
// and one that is gone refuses by itself.  A status of DOWN or OUT_OF_SERVICE counts at once.
//
// `list` and `version` are for any thread, everything else for one.
class RegistryInstances final : public Instances {
  public:
    static constexpr std::chrono::seconds parting{5};

    // Reads the file, if there is one that can be read.
    RegistryInstances(std::unique_ptr<Instances> configured, std::filesystem::path file,
                      const Clock& clock);

    ListPtr list(std::string_view service) const override;
    std::vector<std::string> names() const override;
    void add_listener(const std::shared_ptr<InstanceListener>& listener) const override;
    std::uint64_t version() const override;

    // One event of the watch.  What cannot be read throws Failure, and nothing has changed then.
    void take(const net::http::SseItem& event);
    // `EPOCH-VERSION` to go on from; empty: from nothing.
    const std::string& place() const { return place_; }
    // Writes what is known down, when it has changed since.  Blocks; what fails is logged.
    void keep();

  private:
    using App = std::map<std::string, contracts::RegistryInstance>;
    struct Known {
        std::map<std::string, App> apps;
        std::size_t instances = 0;
    };

    struct Told {
        ListPtr list;
        ListPtr parting{};  // instead of an empty list, until then
        Steady until{};
        std::uint64_t registration = 0;  // how often it came back
    };

    void load();
    // Throws `registry.full`: no registry holds so many.
    static void put(Known& known, contracts::RegistryInstance instance);
    void publish(const std::string& app);
    void replace();
    bool is_out_of_service(const std::string& app) const;

    std::unique_ptr<Instances> configured_;
    const Clock& clock_;
    std::filesystem::path file_;
    Known known_;
    Known coming_;  // after a reset, until everything has come
    bool is_resetting_ = false;
    bool is_kept_ = true;
    std::string place_;
    mutable std::mutex mutex_;
    std::map<std::string, Told, std::less<>> lists_;  // by service
    mutable std::atomic<std::uint64_t> version_ = 0;
    // When the first list of those that part becomes empty.
    mutable std::atomic<Steady> next_end_ = Steady::max();
    mutable InstanceListeners listeners_;
};

}  // namespace loquat::runtime
