#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <typeindex>
#include <vector>

#include "aio/loop.hpp"

namespace loquat::runtime {

// One process that offers a service.
struct ServiceInstance {
    std::string id;   // unique among its service's
    std::string url;  // http://host:port
    std::string zone;
    unsigned weight = 100;  // 0: gets no calls
    std::string version;
    std::vector<std::string> contracts;  // contract_name of each interface that it offers
    // Another one when it came again after it had left: what was seen of it before does not count.
    std::uint64_t registration = 0;
    std::string management_url;  // of its actuator; empty: not told, then /actuator below `url`

    friend bool operator==(const ServiceInstance&, const ServiceInstance&) = default;
};

// Listed instead of names: whatever is asked of it.  Of addresses that somebody configured.  Asked
// for: whichever it is, and so a service of ours and no foreign one that has its name.
inline constexpr std::string_view any_contract = "*";

bool offers(const ServiceInstance& instance, std::string_view contract);

// `AuthApi` for the interface loquat::contracts::AuthApi.
std::string contract_name(std::type_index interface);

// Is called on its loop after lists have changed: once for several that change at a time.  Lives as
// long as somebody holds it, and is let go of on that loop.
struct InstanceListener {
    aio::Loop& loop;
    std::function<void()> on_change;
    std::atomic<bool> is_told = false;  // and has not been called yet
};

// Those of one Instances.  Any thread.
class InstanceListeners {
  public:
    void add(std::weak_ptr<InstanceListener> listener);
    void tell();

  private:
    std::mutex mutex_;
    std::vector<std::weak_ptr<InstanceListener>> all_;
};

// Where services are.  Any thread; never blocks.
class Instances {
  public:
    using List = std::vector<ServiceInstance>;
    using ListPtr = std::shared_ptr<const List>;

    virtual ~Instances() = default;
    // Those that are up, as far as is known; never null.  Another pointer when the list is another.
    virtual ListPtr list(std::string_view service) const = 0;
    // Of whom there are instances, in lower case and in order; empty where every name has the same.
    virtual std::vector<std::string> names() const { return {}; }
    // Grows whenever any list has changed.
    virtual std::uint64_t version() const = 0;
    // Of changes that somebody told.  One that time alone brings shows in `version`.
    virtual void add_listener(const std::shared_ptr<InstanceListener>&) const {}
};

// The same instances for whatever is asked.
class FixedInstances final : public Instances {
  public:
    // At these addresses, by configuration.
    explicit FixedInstances(std::span<const std::string> urls);

    ListPtr list(std::string_view) const override { return list_; }
    std::uint64_t version() const override { return 1; }

  private:
    ListPtr list_;
};

}  // namespace loquat::runtime
