#include "services/consumer/dead_records.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/bytes.hpp"
#include "base/check.hpp"
#include "base/cut.hpp"
#include "base/text.hpp"
#include "services/consumer/open_dead.hpp"

namespace loquat::consumer {
namespace {

using contracts::DeadEntry;
using contracts::DeadOrigin;
using contracts::DeadRecord;
using contracts::DeadStep;

constexpr std::size_t detail_bytes_max = 500;
// What is beyond these is cut: a record of the dead is one itself, and says more than the bytes.
constexpr std::size_t key_bytes_max = 1'024;
constexpr std::size_t payload_bytes_max = store::EventLog::record_bytes_max - 4'096;

bool is_dead_topic(std::string_view topic) {
    using namespace contracts;
    return topic == records::messages_dead.topic || topic == records::usage_dead.topic ||
           topic == records::audit_dead.topic;
}

std::string text_or_base64(const std::string& bytes) {
    return is_utf8(bytes) ? bytes : to_base64(bytes);
}

std::string id_of(const store::Partition& partition, store::Offset offset) {
    return partition.topic + "/" + std::to_string(partition.number) + "/" + std::to_string(offset);
}

DeadEntry entry_of(std::string id, const OpenDead& dead) {
    const DeadRecord& record = dead.record;
    return {.id = std::move(id),
            .topic = record.origin.topic,
            .partition = record.origin.partition,
            .offset = static_cast<std::int64_t>(record.origin.offset),
            .log = record.origin.log.to_string(),
            .key = text_or_base64(dead.key),
            .reason = record.reason,
            .detail = record.detail,
            .tries = static_cast<std::int64_t>(record.tries),
            .given_up_at = record.at,
            .bytes = static_cast<std::int64_t>(record.bytes),
            .whole = dead.is_whole,
            .payload = {}};
}

Failure not_found(const std::string& id) {
    return {Kind::not_found, "dead.not_found",
            "There is no record " + id + " among those that were given up, or it is done with."};
}

}  // namespace

Task<void> append_dead(store::EventLog& log, const Clock& clock, DeadOrigin from,
                       std::vector<GivenUp> given_up) {
    std::vector<store::KeyedPayload> payloads;
    for (const GivenUp& one : given_up) {
        const store::LogRecord& record = *one.record;
        DeadRecord dead{.origin = from, .at = clock.now(), .reason = one.reason};
        dead.origin.offset = record.offset;
        dead.detail = cut_text(one.detail, detail_bytes_max);
        dead.tries = one.tries;
        dead.bytes = record.key.size() + record.payload.size();
        std::string key = record.key.substr(0, key_bytes_max);
        dead.bytes -= key.size();
        dead.payload = record.payload.substr(0, payload_bytes_max);
        payloads.push_back({std::move(key), contracts::encode(dead)});
    }
    auto topic = dead_topic_of(from.topic);
    LOQUAT_CHECK(topic, "a topic has nothing for its dead");
    co_await store::append_in_groups(log, *std::move(topic), std::move(payloads));
}

struct DeadRecords::Place {
    store::Partition partition;
    store::Offset offset = 0;

    // TOPIC/PARTITION/OFFSET of one of the dead.
    static std::optional<Place> parse(std::string_view id) {
        const std::vector<std::string_view> parts = split(id, '/');
        if (parts.size() != 3 || !is_dead_topic(parts[0])) {
            return std::nullopt;
        }
        const auto number = parse_number(parts[1]);
        const auto offset = parse_number(parts[2]);
        if (!number || *number > UINT32_MAX || !offset || *offset == 0) {
            return std::nullopt;
        }
        return Place{{std::string{parts[0]}, static_cast<std::uint32_t>(*number)}, *offset};
    }
};

struct DeadRecords::Dead {
    Place place;
    std::string key;
    DeadRecord record;
};

Task<DeadRecords::Open> DeadRecords::list_open(store::Partition partition) {
    Open open;
    for (const auto& [offset, one] : co_await list_open_dead(log_, partition, open_max)) {
        open.emplace(offset, entry_of(id_of(partition, offset), one));
    }
    co_return open;
}

Task<contracts::DeadPage> DeadRecords::list_dead(contracts::Caller,
                                                 contracts::ListDeadRequest request) {
    std::optional<Place> after;
    if (request.after) {
        after = Place::parse(*request.after);
        if (!after) {
            throw invalid_field("after", "form", "must be an id that was listed");
        }
    }
    contracts::DeadPage page;
    const auto limit = static_cast<std::size_t>(request.limit);
    bool is_behind = !after;
    for (const DeadTopic& pair : dead_topics()) {
        const bool is_wanted = !request.topic || *request.topic == pair.topic;
        is_behind = is_behind || after->partition.topic == pair.dead;
        if (!is_wanted || !is_behind) {
            continue;
        }
        store::Partition partition{.topic = std::string{pair.dead}};
        const std::uint32_t partitions = co_await log_.partitions(partition.topic);
        for (; partition.number < partitions; ++partition.number) {
            const bool is_same_topic = after && after->partition.topic == partition.topic;
            if (is_same_topic && partition.number < after->partition.number) {
                continue;
            }
            for (auto& [offset, entry] : co_await list_open(partition)) {
                const bool is_same = is_same_topic && partition.number == after->partition.number;
                if (is_same && offset <= after->offset) {
                    continue;
                }
                if (page.items.size() == limit) {
                    page.more = true;
                    co_return page;
                }
                page.items.push_back(entry);
            }
        }
    }
    co_return page;
}

Task<DeadRecords::Dead> DeadRecords::get(std::string id) {
    const auto place = Place::parse(id);
    if (!place || place->partition.number >= co_await log_.partitions(place->partition.topic)) {
        throw not_found(id);
    }
    const Open open = co_await list_open(place->partition);
    if (!open.contains(place->offset)) {
        throw not_found(id);
    }
    const store::ReadLimit one{.records_max = 1};
    const auto found = co_await log_.read(place->partition, place->offset - 1, one);
    auto record = found.empty() || found.front()->offset != place->offset
                      ? std::nullopt
                      : contracts::decode<DeadRecord>(found.front()->payload);
    if (!record) {
        throw not_found(id);
    }
    co_return Dead{*place, found.front()->key, *std::move(record)};
}

Task<DeadEntry> DeadRecords::get_dead(contracts::Caller, contracts::DeadRef request) {
    const Dead dead = co_await get(request.id);
    DeadEntry entry = entry_of(request.id, {dead.key, dead.record, dead.record.is_whole()});
    entry.payload = to_base64(dead.record.payload);
    co_return entry;
}

Task<void> DeadRecords::retry_dead(contracts::Caller, contracts::DeadRef request) {
    Dead dead = co_await get(request.id);
    if (!dead.record.is_whole()) {
        throw Failure{Kind::conflict, "dead.cut",
                      "The record was too large for all of its bytes to be kept: it cannot be "
                      "brought back."};
    }
    std::string key = dead.key;
    std::string payload = dead.record.payload;
    co_await log_.append(dead.record.origin.topic, std::move(key), std::move(payload));
    co_await settle(std::move(dead), DeadStep::retried);
}

Task<void> DeadRecords::drop_dead(contracts::Caller, contracts::DeadRef request) {
    Dead dead = co_await get(request.id);
    co_await settle(std::move(dead), DeadStep::dropped);
}

Task<void> DeadRecords::settle(Dead dead, DeadStep step) {
    const DeadRecord done{.step = step, .origin = dead.record.origin, .at = clock_.now()};
    std::string payload = contracts::encode(done);
    const store::Partition partition = dead.place.partition;
    co_await log_.append(partition.topic, std::move(dead.key), std::move(payload));
    const Open open = co_await list_open(partition);
    const store::LogEnds ends = co_await log_.ends(partition);
    co_await log_.trim(partition, open.empty() ? ends.last + 1 : open.begin()->first);
}

}  // namespace loquat::consumer
