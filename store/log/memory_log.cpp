#include "store/log/memory_log.hpp"

#include <limits>
#include <mutex>

#include "store/log/tail.hpp"

namespace loquat::store {
namespace {

class MemoryLog final : public EventLog {
  public:
    Task<Offset> append(std::string topic, std::string key, std::string payload) override {
        check_append(topic, key, payload);
        tail_.admit(topic);
        const std::lock_guard lock{mutex_};
        const Offset offset = tail_.ends(topic).last + 1;
        auto record = std::make_shared<LogRecord>();
        *record = {offset, std::move(key), std::move(payload)};
        tail_.add(topic, {std::move(record)});
        co_return offset;
    }

    Task<void> append_all(std::string topic, std::vector<KeyedPayload> records) override {
        check_group(topic, records);
        if (records.empty()) {
            co_return;
        }
        tail_.admit(topic);
        const std::lock_guard lock{mutex_};
        Offset offset = tail_.ends(topic).last;
        std::vector<LogRecordPtr> group;
        for (KeyedPayload& record : records) {
            auto made = std::make_shared<LogRecord>();
            *made = {++offset, std::move(record.key), std::move(record.payload)};
            group.push_back(std::move(made));
        }
        tail_.add(topic, group);
    }

    Task<std::vector<LogRecordPtr>> read(std::string topic, Offset after,
                                         ReadLimit limit) override {
        auto records = tail_.read(topic, after, limit);
        co_return std::move(*records);
    }

    Task<bool> wait(std::string topic, Offset after, Steady deadline) override {
        co_return co_await tail_.wait(std::move(topic), after, deadline);
    }

    Task<void> trim(std::string topic, Offset before) override {
        tail_.trim(topic, before);
        co_return;
    }

    Task<LogEnds> ends(std::string topic) override { co_return tail_.ends(topic); }
    Uuid identity() const override { return identity_; }
    LogState state() const override { return LogState::ready; }
    std::size_t held_bytes() const override { return tail_.bytes(); }

  private:
    const Uuid identity_ = Uuid::make();
    std::mutex mutex_;  // appends take their offset one after the other
    Tail tail_{std::numeric_limits<std::size_t>::max()};
};

}  // namespace

std::unique_ptr<EventLog> make_memory_log() { return std::make_unique<MemoryLog>(); }

}  // namespace loquat::store
