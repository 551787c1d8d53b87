#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "wire/json.hpp"

namespace loquat::runtime {

// Readiness: each check says nothing when well, or what is wrong.  Any thread; checks must not
// block.
class Health {
  public:
    using Check = std::function<std::optional<std::string>()>;

    enum class Weight : std::uint8_t {
        needed,  // without it nothing should be asked of this process
        useful,  // it serves without it: its problem is shown and takes nothing out of service
    };

    struct Finding {
        std::string service;
        std::string name;
        Weight weight = Weight::needed;
        std::optional<std::string> problem;
    };

    void add(std::string service, std::string name, Check check) {
        add({std::move(service), std::move(name), std::move(check), Weight::needed});
    }
    void add_useful(std::string service, std::string name, Check check) {
        add({std::move(service), std::move(name), std::move(check), Weight::useful});
    }
    // All checks as they are now, in the order in which they were added.
    std::vector<Finding> list() const;

    // From now on the process wants no new requests: it is about to stop.  What is wrong with it is
    // another question.
    void withdraw() { is_withdrawn_.store(true, std::memory_order_relaxed); }
    bool is_withdrawn() const { return is_withdrawn_.load(std::memory_order_relaxed); }

    bool is_up(std::string_view service = {}) const;
    // {"status":"UP","checks":{"log":{"status":"UP"}}}; what has a problem is DOWN, or UNKNOWN
    // where it is only useful, and carries "detail".
    wire::Value to_value(std::string_view service = {}) const;

  private:
    struct Entry {
        std::string service;
        std::string name;
        Check check;
        Weight weight;
    };

    void add(Entry entry);

    mutable std::mutex mutex_;
    std::vector<Entry> entries_;
    std::atomic<bool> is_withdrawn_{false};
};

}  // namespace loquat::runtime
