#pragma once
#include <unordered_map>

#include "aio/scope.hpp"
#include "contracts/core/client.hpp"
#include "contracts/presence/presence.hpp"
#include "services/realtime/ports.hpp"

namespace loquat::realtime {

// Tells the presence service of this node's people: changes every 250 ms, its lease every ten
// seconds, and everything when that service does not know the node (any more).
class PresenceReporter final : public PresencePort {
  public:
    PresenceReporter(aio::Loop& loop, contracts::Client<contracts::PresenceApi> presence,
                     std::string node);

    void on_changed(const contracts::PresenceReportEntry& entry) override;

    void start();
    Task<void> stop();

  private:
    Task<void> run();
    Task<void> report();
    Task<void> send(std::vector<contracts::PresenceReportEntry> entries, bool whole);

    aio::Loop& loop_;
    contracts::Client<contracts::PresenceApi> presence_;
    std::string node_;
    std::unordered_map<UserId, contracts::PresenceReportEntry> here_;
    std::unordered_map<UserId, contracts::PresenceReportEntry> changed_;
    bool needs_whole_ = true;
    Steady reported_at_{};
    aio::Scope scope_;
};

}  // namespace loquat::realtime
