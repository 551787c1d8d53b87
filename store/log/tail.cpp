#include "store/log/tail.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/failure.hpp"

namespace loquat::store {
namespace {

constexpr std::size_t record_overhead = 128;  // of the allocation and the pointers to it
constexpr std::size_t stale_waiters_max = 16;

std::size_t size_of(const LogRecord& record) {
    return record.key.size() + record.payload.size() + record_overhead;
}

void check_first(const std::string& name, LogEnds ends, Offset after) {
    if (after + 1 < ends.first) {
        throw Failure{Kind::gone, "log.trimmed", "These records are no longer kept.",
                      name + " begins at " + std::to_string(ends.first)};
    }
}

}  // namespace

void Tail::wake(const std::vector<Waiter>& waiters) {
    for (const Waiter& waiter : waiters) {
        if (const auto waiting = waiter.done.lock()) {
            waiting->set();
        }
    }
}

void Tail::open_topic(const std::string& name, LogEnds ends) {
    const std::lock_guard lock{mutex_};
    Topic& topic = topics_[name];
    topic.ends = ends;
    topic.newest = topic.held_after = ends.last;
}

void Tail::close_topic(const std::string& name) {
    std::vector<Waiter> waiters;
    {
        const std::lock_guard lock{mutex_};
        const auto found = topics_.find(name);
        if (found == topics_.end()) {
            return;
        }
        while (!found->second.records.empty()) {
            drop_oldest(found->second);
        }
        waiters.swap(found->second.waiters);
        topics_.erase(found);
    }
    wake(waiters);
}

Offset Tail::held_after(const std::string& name) const {
    const std::lock_guard lock{mutex_};
    const auto found = topics_.find(name);
    return found == topics_.end() ? 0 : found->second.held_after;
}

void Tail::admit(const std::string& name) {
    const std::lock_guard lock{mutex_};
    if (!topics_.contains(name)) {
        if (topics_.size() >= EventLog::topics_max) {
            throw Failure{Kind::internal, "log.topics", "The log has too many topics."};
        }
        topics_[name];
    }
}

void Tail::check_kept(const std::string& name, Offset after) const {
    check_first(name, ends(name), after);
}

void Tail::drop_oldest(Topic& topic) {
    bytes_ -= size_of(*topic.records.front());
    topic.held_after = topic.records.front()->offset;
    topic.records.pop_front();
}

void Tail::add(const std::string& name, const std::vector<LogRecordPtr>& records, Offset last) {
    std::vector<Waiter> waiters;
    {
        const std::lock_guard lock{mutex_};
        Topic& topic = topics_[name];
        for (const LogRecordPtr& record : records) {
            LOQUAT_CHECK(record->offset > topic.ends.last, "offsets ascend");
            topic.ends.last = topic.newest = record->offset;
            topic.records.push_back(record);
            bytes_ += size_of(*record);
        }
        topic.ends.last = std::max(topic.ends.last, last);
        while (bytes_ > bytes_max_ && !topic.records.empty()) {
            drop_oldest(topic);
        }
        const auto ready = std::ranges::partition(
            topic.waiters, [&topic](const Waiter& one) { return one.after >= topic.newest; });
        waiters.assign(ready.begin(), ready.end());
        topic.waiters.erase(ready.begin(), ready.end());
    }
    wake(waiters);
}

std::optional<std::vector<LogRecordPtr>> Tail::read(const std::string& name, Offset after,
                                                    ReadLimit limit) const {
    const std::lock_guard lock{mutex_};
    const auto found = topics_.find(name);
    const LogEnds ends = found == topics_.end() ? LogEnds{} : found->second.ends;
    check_first(name, ends, after);
    std::vector<LogRecordPtr> records;
    if (after >= ends.last) {
        return records;
    }
    const Topic& topic = found->second;
    if (after < topic.held_after) {
        return std::nullopt;
    }
    std::size_t bytes = 0;
    const auto offset_of = [](const LogRecordPtr& record) { return record->offset; };
    for (auto next = std::ranges::upper_bound(topic.records, after, {}, offset_of);
         next != topic.records.end(); ++next) {
        const LogRecordPtr& record = *next;
        bytes += size_of(*record);
        if (!records.empty() && (records.size() >= limit.records_max || bytes > limit.bytes_max)) {
            break;
        }
        records.push_back(record);
    }
    return records;
}

Task<bool> Tail::wait(std::string name, Offset after, Steady deadline) {
    auto arrived = std::make_shared<aio::Completion<void>>(aio::Loop::current());
    {
        const std::lock_guard lock{mutex_};
        Topic& topic = topics_[name];
        if (topic.newest > after) {
            co_return true;
        }
        if (topic.waiters.size() >= stale_waiters_max) {
            std::erase_if(topic.waiters,
                          [](const Waiter& waiter) { return waiter.done.expired(); });
        }
        topic.waiters.push_back({after, arrived});
    }
    bool in_time = true;
    try {
        co_await arrived->wait_until(deadline);
    } catch (const Failure& failure) {
        if (failure.kind != Kind::timed_out) {
            throw;
        }
        in_time = false;
    }
    co_return in_time;
}

void Tail::trim(const std::string& name, Offset before) {
    const std::lock_guard lock{mutex_};
    Topic& topic = topics_[name];
    topic.ends.first = std::max(topic.ends.first, std::min(before, topic.ends.last + 1));
    while (!topic.records.empty() && topic.records.front()->offset < topic.ends.first) {
        drop_oldest(topic);
    }
}

LogEnds Tail::ends(const std::string& name) const {
    const std::lock_guard lock{mutex_};
    const auto found = topics_.find(name);
    return found == topics_.end() ? LogEnds{} : found->second.ends;
}

std::size_t Tail::bytes() const {
    const std::lock_guard lock{mutex_};
    return bytes_;
}

void check_append(std::string_view topic, std::string_view key, std::string_view payload) {
    if (topic.empty() || topic.size() > EventLog::topic_length_max) {
        throw invalid_field("topic", "length", "1 to 128 bytes");
    }
    if (key.size() + payload.size() > EventLog::record_bytes_max) {
        throw Failure{Kind::too_large, "log.too_large", "This is too large to be logged."};
    }
}

void check_group(std::string_view topic, const std::vector<KeyedPayload>& records) {
    std::size_t bytes = 0;
    for (const KeyedPayload& record : records) {
        check_append(topic, record.key, record.payload);
        bytes += record.key.size() + record.payload.size();
    }
    if (bytes > EventLog::group_bytes_max || records.size() > EventLog::group_records_max) {
        throw Failure{Kind::too_large, "log.too_large", "This is too much to be logged at once."};
    }
}

}  // namespace loquat::store
