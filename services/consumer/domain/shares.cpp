#include "services/consumer/domain/shares.hpp"

#include <algorithm>

namespace loquat::consumer {
namespace {

// Of one topic, without what somebody is unable to read.
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

void take_if_able(Share& share, const Uuid& me, const store::Partition& one,
                  const std::map<store::Partition, Uuid>& held, const std::set<Uuid>& unable) {
    const bool is_able = !unable.contains(me);
    const auto holder = held.find(one);
    const bool is_mine = holder != held.end() && holder->second == me;
    const bool is_free = holder == held.end();
    if (is_mine || (is_free && is_able)) {
        share.mine.push_back(one);
    }
    if (is_mine && !is_able) {
        share.surplus.push_back(one);
    }
    if (!is_able && (is_mine || is_free)) {
        share.unread.push_back(one);
    }
}

}  // namespace

Share share_out(const Uuid& me, std::span<const store::Partition> all,
                std::span<const Uuid> readers, const std::map<store::Partition, Uuid>& held,
                const Unable& unable) {
    Share share;
    const auto rank = static_cast<std::size_t>(std::ranges::find(readers, me) - readers.begin());
    std::size_t topic = 0;
    while (!all.empty()) {
        const auto end = std::ranges::find_if(
            all, [&all](const store::Partition& one) { return one.topic != all.front().topic; });
        const auto of_topic = all.first(static_cast<std::size_t>(end - all.begin()));
        std::vector<store::Partition> open;
        for (const store::Partition& one : of_topic) {
            if (const auto found = unable.find(one); found != unable.end()) {
                take_if_able(share, me, one, held, found->second);
            } else {
                open.push_back(one);
            }
        }
        const std::size_t count = open.size();
        const bool has_one_more = (rank + topic) % readers.size() < count % readers.size();
        share_topic(share, me, open, count / readers.size() + (has_one_more ? 1 : 0), held);
        all = all.subspan(of_topic.size());
        ++topic;
    }
    return share;
}

}  // namespace loquat::consumer
