#include "services/consumer/domain/shares.hpp"

#include <algorithm>

namespace loquat::consumer {
namespace {

// Of one topic.
void share_topic(Share& share, const Uuid& me, std::span<const store::Partition> partitions,
                 std::size_t quota, const std::map<store::Partition, Uuid>& held) {
    std::size_t count = 0;
    for (const store::Partition& one : partitions) {
        const auto holder = held.find(one);
        if (holder == held.end() || holder->second != me) {
            continue;
        }
        share.mine.push_back(one);
        if (++count > quota) {
            share.surplus.push_back(one);
        }
    }
    for (const store::Partition& one : partitions) {
        if (count < quota && !held.contains(one)) {
            share.mine.push_back(one);
            ++count;
        }
    }
}

}  // namespace

Share share_out(const Uuid& me, std::span<const store::Partition> all,
                std::span<const Uuid> readers, const std::map<store::Partition, Uuid>& held) {
    Share share;
    const auto rank = static_cast<std::size_t>(std::ranges::find(readers, me) - readers.begin());
    std::size_t topic = 0;
    while (!all.empty()) {
        const auto end = std::ranges::find_if(
            all, [&all](const store::Partition& one) { return one.topic != all.front().topic; });
        const auto count = static_cast<std::size_t>(end - all.begin());
        const bool has_one_more = (rank + topic) % readers.size() < count % readers.size();
        share_topic(share, me, all.first(count), count / readers.size() + (has_one_more ? 1 : 0),
                    held);
        all = all.subspan(count);
        ++topic;
    }
    return share;
}

}  // namespace loquat::consumer
