#pragma once
#include <map>
#include <span>
#include <vector>

#include "store/log/event_log.hpp"

namespace loquat::consumer {

// What one of several readers does next.
struct Share {
    std::vector<store::Partition> mine;     // it reads these; what was free and is taken, too
    std::vector<store::Partition> surplus;  // of `mine`: to be given back to those who have less

    friend bool operator==(const Share&, const Share&) = default;
};

// Of each topic every reader has as many partitions as the others, or one more; who has one more
// differs from topic to topic.  Whoever has too many gives back, nothing else moves.
// `all`: in the order of topics.  `readers`: ascending, with `me` among them.  `held`: who reads.
Share share_out(const Uuid& me, std::span<const store::Partition> all,
                std::span<const Uuid> readers, const std::map<store::Partition, Uuid>& held);

}  // namespace loquat::consumer
