#pragma once
#include <memory>
#include <mutex>
#include <vector>

#include "aio/loop.hpp"
#include "runtime/discovery/instances.hpp"
#include "wire/json.hpp"

namespace loquat::runtime {

class ServiceCalls;

// All ServiceCalls of a process, to be looked at.  Any thread.
class ClientStates {
  public:
    void add(aio::Loop& loop, std::weak_ptr<ServiceCalls> calls);
    // The answer to GET /internal/clients; asks each loop, and leaves out those that do not answer
    // within a second.
    Task<wire::Value> describe() const;

  private:
    struct Known {
        aio::Loop* loop;
        std::weak_ptr<ServiceCalls> calls;
    };

    mutable std::mutex mutex_;
    std::vector<Known> all_;
};

// What this process knows of the others.
struct Neighbours {
    std::unique_ptr<Instances> instances;
    ClientStates states = {};
    bool is_told_by_registry = false;  // then anybody may come, whatever is configured
};

}  // namespace loquat::runtime
