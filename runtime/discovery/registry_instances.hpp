#pragma once
#include <atomic>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "contracts/registry/registry.hpp"
#include "net/http/event_source.hpp"
#include "runtime/discovery/instances.hpp"

namespace loquat::runtime {

// Instances as a registry tells them.  A service whose addresses are configured
// (`platform.urls`) has those and no others.  What was known last is kept in a file, so that a
// process that starts while no registry answers finds the others all the same.
//
// `list` and `version` are for any thread, everything else for one.
class RegistryInstances final : public Instances {
  public:
    // Reads the file, if there is one that can be read.
    RegistryInstances(std::unique_ptr<Instances> configured, std::filesystem::path file);

    ListPtr list(std::string_view service) const override;
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

    void load();
    // Throws `registry.full`: no registry holds so many.
    static void put(Known& known, contracts::RegistryInstance instance);
    void publish(const std::string& app);
    void replace();

    std::unique_ptr<Instances> configured_;
    std::filesystem::path file_;
    Known known_;
    Known coming_;  // after a reset, until everything has come
    bool is_resetting_ = false;
    bool is_kept_ = true;
    std::string place_;
    mutable std::mutex mutex_;
    std::map<std::string, ListPtr, std::less<>> lists_;  // by service
    std::atomic<std::uint64_t> version_ = 0;
};

}  // namespace loquat::runtime
