#include "store/log/memory_log.hpp"

#include <limits>
#include <mutex>

#include "store/log/partition_of.hpp"
#include "store/log/tail.hpp"

namespace loquat::store {
namespace {

class MemoryLog final : public EventLog {
  public:
    explicit MemoryLog(MemoryLogOptions options) : options_(options) {
        for (std::uint32_t i = 0; i < options.partitions; ++i) {
            tails_.push_back(std::make_unique<Tail>(std::numeric_limits<std::size_t>::max()));
        }
    }

    Task<LogPlace> append(std::string topic, std::string key, std::string payload) override {
        check_append(topic, key, payload);
        std::vector<KeyedPayload> one;
        one.push_back({std::move(key), std::move(payload)});
        co_return add(topic, std::move(one)).front();
    }

    Task<std::vector<LogPlace>> append_all(std::string topic,
                                           std::vector<KeyedPayload> records) override {
        check_group(topic, records);
        co_return add(topic, std::move(records));
    }

    Task<std::uint32_t> partitions(std::string) override { co_return options_.partitions; }

    Task<std::vector<LogRecordPtr>> read(Partition from, Offset after, ReadLimit limit) override {
        auto records = tail_of(from).read(from.topic, after, limit);
        co_return std::move(*records);
    }

    Task<bool> wait(Partition in, Offset after, Steady deadline) override {
        co_return co_await tail_of(in).wait(in.topic, after, deadline);
    }

    Task<void> trim(Partition in, Offset before) override {
        tail_of(in).trim(in.topic, before);
        co_return;
    }

    Task<LogEnds> ends(Partition of) override { co_return tail_of(of).ends(of.topic); }
    Task<Uuid> identity(std::string) override { co_return identity_; }
    LogState state() const override { return LogState::ready; }
    std::size_t held_bytes() const override {
        std::size_t bytes = 0;
        for (const auto& tail : tails_) {
            bytes += tail->bytes();
        }
        return bytes;
    }

  private:
    Tail& tail_of(const Partition& partition) const {
        check_partition(partition, options_.partitions);
        return *tails_[partition.number];
    }

    std::vector<LogPlace> add(const std::string& topic, std::vector<KeyedPayload> records) {
        std::vector<LogPlace> places;
        if (records.empty()) {
            return places;
        }
        for (const auto& tail : tails_) {
            tail->admit(topic);
        }
        const std::lock_guard lock{mutex_};
        std::vector<std::vector<LogRecordPtr>> groups(options_.partitions);
        for (KeyedPayload& record : records) {
            const std::uint32_t partition = partition_of(record.key, options_.partitions);
            const Offset last = groups[partition].empty() ? tails_[partition]->ends(topic).last
                                                          : groups[partition].back()->offset;
            auto made = std::make_shared<LogRecord>();
            *made = {last + 1, std::move(record.key), std::move(record.payload)};
            places.push_back({partition, made->offset, identity_});
            groups[partition].push_back(std::move(made));
        }
        for (std::uint32_t i = 0; i < options_.partitions; ++i) {
            if (!groups[i].empty()) {
                tails_[i]->add(topic, groups[i], groups[i].back()->offset + options_.holes);
            }
        }
        return places;
    }

    const MemoryLogOptions options_;
    const Uuid identity_ = Uuid::make();
    std::mutex mutex_;  // appends take their offset one after the other
    std::vector<std::unique_ptr<Tail>> tails_;
};

}  // namespace

std::unique_ptr<EventLog> make_memory_log(MemoryLogOptions options) {
    return std::make_unique<MemoryLog>(options);
}

}  // namespace loquat::store
