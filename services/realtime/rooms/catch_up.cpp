#include "services/realtime/rooms/catch_up.hpp"

#include "services/realtime/domain/resync.hpp"
#include "services/realtime/rooms/room.hpp"

namespace loquat::realtime {
namespace {

constexpr std::size_t held_max = 1024;
constexpr int behind_max = 5;
constexpr std::chrono::milliseconds behind_pause{50};

}  // namespace

CatchUp::CatchUp(StompSubscription& subscription, FrameMaker& maker, HistoryRuns& runs)
    : subscription_(&subscription), maker_(maker), runs_(runs) {}

void CatchUp::start() {
    if (!std::exchange(is_running_, true)) {
        runs_.start(shared_from_this());
    }
}

void CatchUp::hold_back(contracts::RoomEvent event) {
    if (held_.size() >= held_max) {
        held_.clear();
        has_lost_ = true;
    }
    held_.push_back(std::move(event));
}

void CatchUp::on_drained() { start(); }

void CatchUp::end() { subscription_ = nullptr; }

HistoryStep CatchUp::rest() {
    is_running_ = false;
    return Rest{};
}

HistoryStep CatchUp::next() {
    if (subscription_ == nullptr || !send_page()) {
        return rest();
    }
    if (std::exchange(has_page_, false)) {
        return judge();
    }
    asked_after_ = subscription_->last_seq;
    return ReadPage{subscription_->reader->identity(), subscription_->room->id(), asked_after_};
}

void CatchUp::on_page(contracts::MessagePage page) {
    page_ = std::move(page);
    sent_ = 0;
    has_page_ = true;
}

void CatchUp::on_failed(const Failure& failure) {
    if (subscription_ != nullptr) {
        subscription_->reader->fail(failure);
    }
}

bool CatchUp::send_page() {
    for (; sent_ < page_.items.size(); ++sent_) {
        if (!subscription_->reader->has_room()) {
            return false;
        }
        send(std::move(page_.items[sent_]));
    }
    page_.items = {};
    sent_ = 0;
    return true;
}

void CatchUp::send(contracts::Message message) {
    const std::int64_t seq = message.seq.value_or(0);
    if (seq == subscription_->last_seq + 1) {
        const std::string body = wire::encode(contracts::MessageEvent{std::move(message)});
        subscription_->last_seq = seq;
        subscription_->reader->replay(*subscription_, {body, seq, maker_.next_number(), false});
    }
}

HistoryStep CatchUp::judge() {
    const std::int64_t last_seq = subscription_->last_seq;
    const bool has_all = last_seq >= page_.head_seq;
    if (has_all && last_seq >= subscription_->room->last_seq()) {
        finish();
        return rest();
    }
    if (last_seq > asked_after_) {
        return next();
    }
    if (++behind_ == behind_max) {
        skip();
        finish();
        return rest();
    }
    return Pause{behind_pause};
}

void CatchUp::skip() {
    const std::int64_t head =
        std::max({subscription_->last_seq, subscription_->room->last_seq(), page_.head_seq});
    const std::string body = resync_event(subscription_->last_seq + 1, head);
    subscription_->last_seq = head;
    subscription_->reader->replay(*subscription_, {body, 0, maker_.next_number(), true});
}

void CatchUp::finish() {
    StompSubscription& subscription = *std::exchange(subscription_, nullptr);
    for (const contracts::RoomEvent& event : held_) {
        subscription.reader->replay(subscription, {event.body, 0, maker_.next_number(), true});
    }
    if (has_lost_) {
        const std::string body = resync_event(1, subscription.last_seq, Torn::generations);
        subscription.reader->replay(subscription, {body, 0, maker_.next_number(), true});
    }
    const auto self = std::move(subscription.catch_up);
    subscription.room->suspend(subscription);
    subscription.reader->begin_following(subscription);
}

}  // namespace loquat::realtime
