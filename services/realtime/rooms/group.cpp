#include "services/realtime/rooms/group.hpp"

#include <algorithm>

namespace loquat::realtime {

void Group::add_event(FrameMaker& maker, const Event& event) {
    if (!batch_) {
        batch_ = std::make_shared<FrameBatch>();
        batch_->serial = address_.serial;
    }
    if (batch_->first_seq == 0) {
        batch_->first_seq = event.seq;
    }
    batch_->has_changes |= event.is_change;
    batch_->has_generations |= event.is_generation;
    if (address_.ack != AckMode::automatic) {
        batch_->numbers.push_back(event.number);
    }
    maker.append_event(batch_->bytes, address_, event);
}

void Group::flush() {
    const SharedBatch batch = std::exchange(batch_, nullptr);
    if (!batch) {
        return;
    }
    counts_.deliveries += members_.size();
    for (StompSubscription* member : members_) {
        member->reader->enqueue(batch);
        member->note_unacked(*batch);
    }
    if (batch->numbers.empty()) {
        return;
    }
    const std::vector<StompSubscription*> members = members_;
    for (StompSubscription* member : members) {
        member->reader->check_window(*member);
    }
}

void Group::join(StompSubscription& subscription) {
    subscription.index = static_cast<std::uint32_t>(members_.size());
    members_.push_back(&subscription);
}

void Group::leave(StompSubscription& subscription) {
    StompSubscription* last = members_.back();
    members_[subscription.index] = last;
    last->index = subscription.index;
    members_.pop_back();
}

const Address& StompSubscription::address() const {
    return group != nullptr ? group->address() : *own;
}

void StompSubscription::note_unacked(const FrameBatch& batch) {
    if (batch.numbers.empty()) {
        return;
    }
    if (!unacked) {
        unacked = std::make_unique<std::deque<std::uint64_t>>();
    }
    if (first_given == 0) {
        first_given = batch.numbers.front();
    }
    last_given = std::max(last_given, batch.numbers.back());
    unacked->insert(unacked->end(), batch.numbers.begin(), batch.numbers.end());
}

}  // namespace loquat::realtime
