#pragma once
#include <unordered_map>

#include "services/newthing/ports.hpp"

namespace loquat::newthing {

// Lives as long as the process; for tests and for a first try.
class MemoryEntries final : public EntryStore {
  public:
    Task<void> add(UserId owner, contracts::NewthingEntry entry) override {
        entries_[owner].push_back(std::move(entry));
        co_return;
    }
    Task<std::vector<contracts::NewthingEntry>> list(UserId owner) override {
        co_return entries_[owner];
    }

  private:
    std::unordered_map<UserId, std::vector<contracts::NewthingEntry>> entries_;
};

}  // namespace loquat::newthing
