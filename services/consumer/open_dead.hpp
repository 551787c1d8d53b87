#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "contracts/dead/dead_record.hpp"
#include "store/log/event_log.hpp"

namespace loquat::consumer {

// A record that was given up and is still of interest.
struct OpenDead {
    std::string key;
    contracts::DeadRecord record;  // without its bytes
    bool is_whole = true;          // all of its bytes are kept
};

struct DeadTopic {
    std::string_view topic;
    std::string_view dead;  // where what of it was given up is
};
// In the order in which they are listed.
std::span<const DeadTopic> dead_topics();
// None for what is no topic of records.
std::optional<std::string> dead_topic_of(std::string_view topic);

// Those of a partition of the dead, by their offsets in it: of each origin the first one that
// nothing was done with.  `most` of them; reads all that there is.  Fails as the log does.
Task<std::map<store::Offset, OpenDead>> list_open_dead(store::EventLog& log,
                                                       store::Partition partition,
                                                       std::size_t most);

}  // namespace loquat::consumer
