#pragma once
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "contracts/dead/dead_record.hpp"
#include "store/archive/table_shape.hpp"
#include "store/log/event_log.hpp"
#include "store/sql/value.hpp"

namespace loquat::consumer {

// A record that was given up and is still of interest, with its bytes.
struct MovedDead {
    std::string key;
    contracts::DeadRecord record;
};

// What a row of them is in an archive, which has them as a table.
const store::TableShape& dead_shape();
std::vector<store::Value> values_of(const MovedDead& dead);
// `archive.damaged` (422) for values that are none.
MovedDead moved_dead(const std::vector<store::Value>& values);

// What was put aside, between the logs of two installations.  Nobody else uses the log meanwhile.
class DeadMove {
  public:
    explicit DeadMove(store::EventLog& log) : log_(log) {}

    // `told` hears each of them, in the order of where they were: that is the same in every log.
    // Their names are kept in memory, their bytes are not.  Fails as the log does.
    Task<void> take_out(std::function<void(const MovedDead& dead)> told);

    // Where those were that the log has.
    Task<std::set<contracts::DeadOrigin>> origins();
    // Appends these; returns when they are durable.
    Task<void> bring_in(std::vector<MovedDead> dead);

  private:
    store::EventLog& log_;
};

}  // namespace loquat::consumer
