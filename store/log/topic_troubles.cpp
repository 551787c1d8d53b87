#include "store/log/topic_troubles.hpp"

#include "base/failure.hpp"

namespace loquat::store {
namespace {

class GatedLog final : public EventLog {
  public:
    GatedLog(EventLog& log, const TopicTroubles& troubles) : log_(log), troubles_(troubles) {}

    Task<Offset> append(std::string topic, std::string key, std::string payload) override {
        troubles_.check(topic);
        return log_.append(std::move(topic), std::move(key), std::move(payload));
    }
    Task<void> append_all(std::string topic, std::vector<KeyedPayload> records) override {
        troubles_.check(topic);
        return log_.append_all(std::move(topic), std::move(records));
    }
    Task<std::vector<LogRecordPtr>> read(std::string topic, Offset after,
                                         ReadLimit limit) override {
        return log_.read(std::move(topic), after, limit);
    }
    Task<bool> wait(std::string topic, Offset after, Steady deadline) override {
        return log_.wait(std::move(topic), after, deadline);
    }
    Task<void> trim(std::string topic, Offset before) override {
        return log_.trim(std::move(topic), before);
    }
    Task<LogEnds> ends(std::string topic) override { return log_.ends(std::move(topic)); }
    Uuid identity() const override { return log_.identity(); }
    LogState state() const override { return log_.state(); }
    std::size_t held_bytes() const override { return log_.held_bytes(); }

  private:
    EventLog& log_;
    const TopicTroubles& troubles_;
};

}  // namespace

void TopicTroubles::set(std::string_view topic, std::string what) {
    const std::lock_guard lock{mutex_};
    troubles_.insert_or_assign(std::string{topic}, std::move(what));
}

void TopicTroubles::clear(std::string_view topic) {
    const std::lock_guard lock{mutex_};
    if (const auto found = troubles_.find(topic); found != troubles_.end()) {
        troubles_.erase(found);
    }
}

void TopicTroubles::stop(std::string_view topic, std::string what) {
    const std::lock_guard lock{mutex_};
    stopped_.try_emplace(std::string{topic}, std::move(what));
}

std::optional<std::string> TopicTroubles::find(std::string_view topic) const {
    const std::lock_guard lock{mutex_};
    for (const auto* known : {&stopped_, &troubles_}) {
        if (const auto found = known->find(topic); found != known->end()) {
            return found->second;
        }
    }
    return std::nullopt;
}

void TopicTroubles::check(std::string_view topic) const {
    if (auto what = find(topic)) {
        throw Failure{Kind::unavailable, "store.stopped",
                      "Nothing can be stored at the moment. Try again later.", std::move(*what)}
            .retry_in(std::chrono::seconds{5});
    }
}

std::unique_ptr<EventLog> make_gated_log(EventLog& log, const TopicTroubles& troubles) {
    return std::make_unique<GatedLog>(log, troubles);
}

}  // namespace loquat::store
