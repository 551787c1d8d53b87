#pragma once
#include <map>
#include <set>
#include <span>
#include <vector>

#include "store/log/event_log.hpp"

namespace loquat::consumer {

// What one of several readers does next.
struct Share {
    std::vector<store::Partition> mine;  // it reads these; what was free and is taken, too
    // Of `mine`: to be given back, to those who have less or are able to read it.
    std::vector<store::Partition> surplus;
    std::vector<store::Partition> unread;  // this one is unable to, and no other one reads it

    friend bool operator==(const Share&, const Share&) = default;
};

// Who has tried to read a partition, and will never be able to.
using Unable = std::map<store::Partition, std::set<Uuid>>;

// Of each topic every reader has as many partitions as the others, or one more; who has one more
// differs from topic to topic.  Whoever has too many gives back, nothing else moves.
// What somebody is unable to read is beside that: whoever is able takes it, and keeps it.
// `all`: in the order of topics.  `readers`: ascending, with `me` among them.  `held`: who reads.
Share share_out(const Uuid& me, std::span<const store::Partition> all,
                std::span<const Uuid> readers, const std::map<store::Partition, Uuid>& held,
                const Unable& unable = {});

}  // namespace loquat::consumer
