#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/failure.hpp"
#include "contracts/dead/dead.hpp"
#include "contracts/dead/dead_record.hpp"
#include "store/log/event_log.hpp"

namespace loquat::consumer {

// A record that is to be given up.
struct GivenUp {
    store::LogRecordPtr record;
    std::string reason;
    std::string detail;
    std::uint64_t tries = 0;
};

// Appends them to the log of the dead beside `from.topic`, in their order; returns when they are
// durable.  `log`: EventLog::identity of what they were read from.  Fails as the log does, and may
// have appended some of them then.
Task<void> append_dead(store::EventLog& log, const Clock& clock, contracts::DeadOrigin from,
                       std::vector<GivenUp> given_up);

// The records that were given up and are still of interest: of every kind of log, beside the
// running services or without them.  What becomes of one is appended behind it, so that several may
// look at once.  Each call reads what there is of the dead.  One loop.
class DeadRecords final : public contracts::DeadApi {
  public:
    // Of so many at most of a partition: those behind them are seen when these are done with.
    static constexpr std::size_t open_max = 100'000;

    DeadRecords(store::EventLog& log, const Clock& clock) : log_(log), clock_(clock) {}

    Task<contracts::DeadPage> list_dead(contracts::Caller caller,
                                        contracts::ListDeadRequest request) override;
    Task<contracts::DeadEntry> get_dead(contracts::Caller caller,
                                        contracts::DeadRef request) override;
    Task<void> retry_dead(contracts::Caller caller, contracts::DeadRef request) override;
    Task<void> drop_dead(contracts::Caller caller, contracts::DeadRef request) override;

  private:
    struct Place;
    struct Dead;
    using Open = std::map<store::Offset, contracts::DeadEntry>;

    Task<Open> list_open(store::Partition partition);
    Task<Dead> get(std::string id);
    Task<void> settle(Dead dead, contracts::DeadStep step);

    store::EventLog& log_;
    const Clock& clock_;
};

}  // namespace loquat::consumer
