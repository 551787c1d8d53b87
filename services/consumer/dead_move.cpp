#include "services/consumer/dead_move.hpp"

#include <map>
#include <optional>
#include <utility>
#include <variant>

#include "base/failure.hpp"
#include "base/text.hpp"
#include "services/consumer/dead_records.hpp"
#include "services/consumer/open_dead.hpp"

namespace loquat::consumer {
namespace {

using contracts::DeadOrigin;
using contracts::DeadRecord;
using store::ColumnKind;

struct Place {
    store::Partition partition;
    store::Offset offset = 0;
};
using Places = std::map<DeadOrigin, Place>;

Task<Places> places_of(store::EventLog& log, std::string topic) {
    Places places;
    const std::uint32_t partitions = co_await log.partitions(topic);
    for (std::uint32_t number = 0; number < partitions; ++number) {
        const store::Partition partition{topic, number};
        for (const auto& [offset, one] :
             co_await list_open_dead(log, partition, DeadRecords::open_max)) {
            places.try_emplace(one.record.origin, Place{partition, offset});
        }
    }
    co_return places;
}

// Reads one after the other; those that stand together come with one request.
class Reader {
  public:
    explicit Reader(store::EventLog& log) : log_(log) {}

    Task<MovedDead> read(Place place) {
        if (auto held = find(place)) {
            co_return *std::move(held);
        }
        records_ = co_await log_.read(place.partition, place.offset - 1, {});
        partition_ = place.partition;
        auto found = find(place);
        if (!found) {
            throw Failure{Kind::gone, "log.trimmed", "These records are no longer kept.",
                          place.partition.topic + " " + std::to_string(place.offset)};
        }
        co_return *std::move(found);
    }

  private:
    std::optional<MovedDead> find(const Place& place) const {
        if (partition_ == place.partition) {
            for (const store::LogRecordPtr& record : records_) {
                if (record->offset != place.offset) {
                    continue;
                }
                if (auto dead = contracts::decode<DeadRecord>(record->payload)) {
                    return MovedDead{record->key, *std::move(dead)};
                }
            }
        }
        return std::nullopt;
    }

    store::EventLog& log_;
    store::Partition partition_;
    std::vector<store::LogRecordPtr> records_;
};

}  // namespace

const store::TableShape& dead_shape() {
    static const store::TableShape shape{.name = "dead",
                                         .columns = {{"topic", ColumnKind::text},
                                                     {"log", ColumnKind::text},
                                                     {"partition", ColumnKind::integer},
                                                     {"offset", ColumnKind::integer},
                                                     {"key", ColumnKind::bytes},
                                                     {"given_up_at", ColumnKind::integer},
                                                     {"reason", ColumnKind::text},
                                                     {"detail", ColumnKind::text},
                                                     {"tries", ColumnKind::integer},
                                                     {"bytes", ColumnKind::integer},
                                                     {"payload", ColumnKind::bytes}},
                                         .key = {0, 1, 2, 3},
                                         .counting = {}};
    return shape;
}

std::vector<store::Value> values_of(const MovedDead& dead) {
    const DeadRecord& record = dead.record;
    const auto number = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
    return {record.origin.topic,
            record.origin.log.to_string(),
            std::int64_t{record.origin.partition},
            number(record.origin.offset),
            store::Blob{dead.key},
            to_unix_ms(record.at),
            record.reason,
            is_utf8(record.detail) ? record.detail : std::string{},
            number(record.tries),
            number(record.bytes),
            store::Blob{record.payload}};
}

MovedDead moved_dead(const std::vector<store::Value>& values) {
    const auto text = [&values](std::size_t at) {
        return std::get<std::string>(values.at(at).data());
    };
    const auto number = [&values](std::size_t at) {
        return std::get<std::int64_t>(values.at(at).data());
    };
    const auto bytes = [&values](std::size_t at) {
        return std::get<store::Blob>(values.at(at).data()).bytes;
    };
    try {
        const auto log = Uuid::parse(text(1));
        const std::int64_t partition = number(2);
        if (log && partition >= 0 && partition <= UINT32_MAX) {
            MovedDead dead{bytes(4), {}};
            DeadRecord& record = dead.record;
            record.origin = {text(0), static_cast<std::uint32_t>(partition),
                             static_cast<std::uint64_t>(number(3)), *log};
            record.at = from_unix_ms(number(5));
            record.reason = text(6);
            record.detail = text(7);
            record.tries = static_cast<std::uint64_t>(number(8));
            record.bytes = static_cast<std::uint64_t>(number(9));
            record.payload = bytes(10);
            if (dead_topic_of(record.origin.topic)) {
                return dead;
            }
        }
    } catch (const std::bad_variant_access&) {
        // a value that is missing where there must be one
    }
    throw Failure{Kind::invalid, "archive.damaged",
                  "A line is no record of those that were given up"};
}

Task<void> DeadMove::take_out(std::function<void(const MovedDead& dead)> told) {
    Places places;
    for (const DeadTopic& topic : dead_topics()) {
        std::string name{topic.dead};
        Places more = co_await places_of(log_, std::move(name));
        places.merge(std::move(more));
    }
    Reader reader{log_};
    for (const auto& [origin, place] : places) {
        const MovedDead dead = co_await reader.read(place);
        told(dead);
    }
}

Task<std::set<DeadOrigin>> DeadMove::origins() {
    std::set<DeadOrigin> origins;
    for (const DeadTopic& topic : dead_topics()) {
        std::string name{topic.dead};
        for (const auto& [origin, place] : co_await places_of(log_, std::move(name))) {
            origins.insert(origin);
        }
    }
    co_return origins;
}

Task<void> DeadMove::bring_in(std::vector<MovedDead> dead) {
    std::map<std::string, std::vector<store::KeyedPayload>> payloads;
    for (MovedDead& one : dead) {
        const std::string topic = dead_topic_of(one.record.origin.topic).value();
        payloads[topic].push_back({std::move(one.key), contracts::encode(one.record)});
    }
    for (auto& [topic, records] : payloads) {
        std::string name = topic;
        co_await store::append_in_groups(log_, std::move(name), std::move(records));
    }
}

}  // namespace loquat::consumer
