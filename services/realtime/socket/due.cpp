#include "services/realtime/socket/due.hpp"

#include <algorithm>

namespace loquat::realtime {

void Due::cancel() {
    if (link_ == nullptr) {
        return;
    }
    *link_ = next_;
    if (next_ != nullptr) {
        next_->link_ = link_;
    }
    next_ = nullptr;
    link_ = nullptr;
}

DueWheel::~DueWheel() {
    for (Due* head : slots_) {
        while (head != nullptr) {
            Due* next = head->next_;
            head->link_ = nullptr;
            head->next_ = nullptr;
            head = next;
        }
    }
}

std::uint64_t DueWheel::slot_of(Steady at) const {
    return at <= origin_ ? 0 : static_cast<std::uint64_t>((at - origin_) / slot_time);
}

void DueWheel::add(Due& due, Steady at) {
    due.cancel();
    due.at_ = at;
    Due*& head = slots_[std::max(slot_of(at), done_) % slots_count];
    due.next_ = head;
    due.link_ = &head;
    if (head != nullptr) {
        head->link_ = &due.next_;
    }
    head = &due;
}

void DueWheel::advance(Steady now) {
    const std::uint64_t last = slot_of(now);
    const std::uint64_t turns = std::min<std::uint64_t>(last + 1 - done_, slots_count);
    // The slot of `now` is not over and is run again next time; what is overdue goes there too.
    done_ = last;
    for (std::uint64_t slot = last + 1 - turns; slot <= last; ++slot) {
        // Moved to a list of its own first: what is called may add to this slot or cancel any node.
        Due* ready = slots_[slot % slots_count];
        slots_[slot % slots_count] = nullptr;
        if (ready != nullptr) {
            ready->link_ = &ready;
        }
        while (ready != nullptr) {
            Due& due = *ready;
            const Steady at = due.at_;
            due.cancel();
            if (at <= now) {
                due.on_due(now);
            } else {
                add(due, at);
            }
        }
    }
}

}  // namespace loquat::realtime
