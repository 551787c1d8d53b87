#include "store/log/topic_troubles.hpp"

#include "base/failure.hpp"

namespace loquat::store {
namespace {

class GatedLog final : public EventLog {
  public:
    GatedLog(EventLog& log, const TopicTroubles& troubles) : log_(log), troubles_(troubles) {}

    Task<LogPlace> append(std::string topic, std::string key, std::string payload) override {
        troubles_.check(topic);
        return log_.append(std::move(topic), std::move(key), std::move(payload));
    }
    Task<std::vector<LogPlace>> append_all(std::string topic,
                                           std::vector<KeyedPayload> records) override {
        troubles_.check(topic);
        return log_.append_all(std::move(topic), std::move(records));
    }
    Task<std::uint32_t> partitions(std::string topic) override {
        return log_.partitions(std::move(topic));
    }
    Task<std::vector<LogRecordPtr>> read(Partition from, Offset after, ReadLimit limit) override {
        return log_.read(std::move(from), after, limit);
    }
    Task<bool> wait(Partition in, Offset after, Steady deadline) override {
        return log_.wait(std::move(in), after, deadline);
    }
    Task<void> trim(Partition in, Offset before) override {
        return log_.trim(std::move(in), before);
    }
    Task<LogEnds> ends(Partition of) override { return log_.ends(std::move(of)); }
    Task<Uuid> identity(std::string topic) override { return log_.identity(std::move(topic)); }
    LogState state() const override { return log_.state(); }
    std::size_t held_bytes() const override { return log_.held_bytes(); }

  private:
    EventLog& log_;
    const TopicTroubles& troubles_;
};

}  // namespace

void TopicTroubles::set(const Partition& partition, std::string what, TroubleKind kind) {
    const std::lock_guard lock{mutex_};
    troubles_[partition.topic].insert_or_assign(partition.number, Trouble{std::move(what), kind});
}

void TopicTroubles::clear(const Partition& partition) {
    const std::lock_guard lock{mutex_};
    const auto found = troubles_.find(partition.topic);
    if (found != troubles_.end() && found->second.erase(partition.number) > 0 &&
        found->second.empty()) {
        troubles_.erase(found);
    }
}

void TopicTroubles::stop(std::string_view topic, std::string what) {
    const std::lock_guard lock{mutex_};
    stopped_.try_emplace(std::string{topic}, std::move(what));
}

std::optional<std::string> TopicTroubles::find(std::string_view topic) const {
    return find_from(topic, TroubleKind::passing);
}

void TopicTroubles::check(std::string_view topic) const {
    if (auto what = find_from(topic, TroubleKind::lasting)) {
        throw Failure{Kind::unavailable, "store.stopped",
                      "Nothing can be stored at the moment. Try again later.", std::move(*what)}
            .retry_in(std::chrono::seconds{5});
    }
}

std::optional<std::string> TopicTroubles::find_from(std::string_view topic,
                                                    TroubleKind least) const {
    const std::lock_guard lock{mutex_};
    if (const auto stopped = stopped_.find(topic); stopped != stopped_.end()) {
        return stopped->second;
    }
    const auto found = troubles_.find(topic);
    if (found == troubles_.end()) {
        return std::nullopt;
    }
    std::optional<std::string> what;
    for (const auto& [partition, trouble] : found->second) {
        if (trouble.kind == TroubleKind::lasting) {
            return trouble.what;
        }
        if (least == TroubleKind::passing && !what) {
            what = trouble.what;
        }
    }
    return what;
}

std::unique_ptr<EventLog> make_gated_log(EventLog& log, const TopicTroubles& troubles) {
    return std::make_unique<GatedLog>(log, troubles);
}

}  // namespace loquat::store
