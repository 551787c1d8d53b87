#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <span>

#include "aio/loop.hpp"
#include "net/address.hpp"
#include "runtime/discovery/instances.hpp"
#include "runtime/platform/platform_config.hpp"

namespace loquat::runtime {

// Instances at configured addresses (`platform.urls`).  A name that stands for several addresses
// is as many instances, and is looked up again from time to time; one that stands for a single
// address, or is for TLS, stays a name.  Any thread.
class StaticInstances final : public Instances {
  public:
    // Of a name; empty when nobody knows it.
    using LookUp = std::function<Task<std::vector<net::Address>>(std::string host)>;

    explicit StaticInstances(std::span<const ServiceUrl> urls);

    ListPtr list(std::string_view service) const override;
    std::vector<std::string> names() const override;
    void add_listener(const std::shared_ptr<InstanceListener>& listener) const override {
        listeners_.add(listener);
    }
    std::uint64_t version() const override { return version_.load(std::memory_order_acquire); }

    // Whether there is anything to look up.
    bool has_names() const { return has_names_; }
    // Looks every name up once.  A name that is not found keeps the addresses it had.
    Task<void> look_up_all(LookUp look_up);
    // Looks up now and then again after each `pause`, for as long as it is not cancelled.
    Task<void> follow_names(std::chrono::milliseconds pause, LookUp look_up);

  private:
    struct Place {
        ServiceUrl url;
        std::string host;  // to be looked up; empty: is not
        std::string port;
        std::vector<net::Address> addresses;  // as found last
    };

    void publish();

    std::vector<Place> places_;  // written by whoever looks up
    bool has_names_ = false;
    mutable std::mutex mutex_;
    std::map<std::string, ListPtr, std::less<>> lists_;
    std::atomic<std::uint64_t> version_ = 0;
    mutable InstanceListeners listeners_;
};

}  // namespace loquat::runtime
