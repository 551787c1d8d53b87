#include "services/consumer/open_dead.hpp"

#include <algorithm>
#include <array>

namespace loquat::consumer {

using contracts::DeadOrigin;
using contracts::DeadRecord;
using contracts::DeadStep;

std::span<const DeadTopic> dead_topics() {
    static constexpr std::array topics{
        // What append_dead() appends of each topic to.
        DeadTopic{contracts::records::messages.topic, contracts::records::messages_dead.topic},
        DeadTopic{contracts::records::usage.topic, contracts::records::usage_dead.topic},
        DeadTopic{contracts::records::audit.topic, contracts::records::audit_dead.topic}};
    return topics;
}

std::optional<std::string> dead_topic_of(std::string_view topic) {
    const auto topics = dead_topics();
    const auto found = std::ranges::find(topics, topic, &DeadTopic::topic);
    return found == topics.end() ? std::nullopt : std::optional{std::string{found->dead}};
}

Task<std::map<store::Offset, OpenDead>> list_open_dead(store::EventLog& log,
                                                       store::Partition partition,
                                                       std::size_t most) {
    std::map<DeadOrigin, store::Offset> places;
    std::map<store::Offset, OpenDead> open;
    const store::LogEnds ends = co_await log.ends(partition);
    store::Offset after = ends.first - 1;
    while (after < ends.last) {
        const auto found = co_await log.read(partition, after, {});
        if (found.empty()) {
            break;
        }
        after = found.back()->offset;
        for (const store::LogRecordPtr& record : found) {
            auto dead = contracts::decode<DeadRecord>(record->payload);
            if (!dead) {
                continue;
            }
            if (dead->step != DeadStep::given_up) {
                if (const auto place = places.find(dead->origin); place != places.end()) {
                    open.erase(place->second);
                    places.erase(place);
                }
            } else if (open.size() < most &&
                       places.try_emplace(dead->origin, record->offset).second) {
                OpenDead one{record->key, *std::move(dead), true};
                one.is_whole = one.record.is_whole();
                one.record.payload.clear();
                open.emplace(record->offset, std::move(one));
            }
        }
    }
    co_return open;
}

}  // namespace loquat::consumer
