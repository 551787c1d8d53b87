#pragma once
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "wire/json.hpp"

namespace loquat::runtime {

// Readiness: each check says nothing when well, or what is wrong.  Any thread; checks must not
// block.
class Health {
  public:
    using Check = std::function<std::optional<std::string>()>;

    void add(std::string service, std::string name, Check check);
    bool is_up(std::string_view service = {}) const;
    // {"status":"UP","checks":{"log":{"status":"UP"}}}; DOWN entries carry "detail".
    wire::Value to_value(std::string_view service = {}) const;

  private:
    struct Entry {
        std::string service;
        std::string name;
        Check check;
    };
    mutable std::mutex mutex_;
    std::vector<Entry> entries_;
};

}  // namespace loquat::runtime
