#include "aio/wheel.hpp"

#include "aio/loop.hpp"

namespace loquat::aio {

void TimerNode::start(Loop& loop, std::chrono::milliseconds after) {
    stop();
    loop.wheel().add(*this, after);
}

void TimerNode::stop() {
    if (wheel_ != nullptr) {
        wheel_->remove(*this);
    }
}

TimerWheel::TimerWheel() : origin_(std::chrono::steady_clock::now()) {}

TimerWheel::~TimerWheel() {
    for (TimerNode* head : slots_) {
        while (head != nullptr) {
            TimerNode* next = head->next_;
            head->wheel_ = nullptr;
            head = next;
        }
    }
}

std::uint64_t TimerWheel::tick_of(Steady time) const {
    return static_cast<std::uint64_t>((time - origin_) / tick);
}

void TimerWheel::add(TimerNode& node, std::chrono::milliseconds after) {
    const Steady due = std::chrono::steady_clock::now() +
                       std::clamp(after, std::chrono::milliseconds{0}, after_max);
    node.due_tick_ = std::max(tick_of(due) + 1, done_tick_ + 1);
    TimerNode*& slot = slots_[node.due_tick_ % slots_count];
    node.wheel_ = this;
    node.next_ = slot;
    node.link_ = &slot;
    if (slot != nullptr) {
        slot->link_ = &node.next_;
    }
    slot = &node;
    ++count_;
    if (armed_tick_ == 0 || node.due_tick_ < armed_tick_) {
        armed_tick_ = node.due_tick_;
    }
}

std::optional<Steady> TimerWheel::next_due() const {
    if (armed_tick_ == 0) {
        return std::nullopt;
    }
    return origin_ + tick * static_cast<std::int64_t>(armed_tick_);
}

void TimerWheel::fire_due() {
    if (armed_tick_ != 0 && tick_of(std::chrono::steady_clock::now()) >= armed_tick_) {
        fire();
    }
}

void TimerWheel::remove(TimerNode& node) {
    *node.link_ = node.next_;
    if (node.next_ != nullptr) {
        node.next_->link_ = node.link_;
    }
    node.wheel_ = nullptr;
    node.next_ = nullptr;
    node.link_ = nullptr;
    --count_;
}

void TimerWheel::arm() {
    armed_tick_ = 0;
    if (count_ == 0) {
        return;
    }
    std::uint64_t wanted = done_tick_ + slots_count;
    for (std::uint64_t ahead = 1; ahead < slots_count; ++ahead) {
        if (slots_[(done_tick_ + ahead) % slots_count] != nullptr) {
            wanted = done_tick_ + ahead;
            break;
        }
    }
    armed_tick_ = wanted;
}

void TimerWheel::fire() {
    const std::uint64_t now = tick_of(std::chrono::steady_clock::now());
    const std::uint64_t from = done_tick_;
    const std::uint64_t turns = std::min<std::uint64_t>(now - from, slots_count);
    armed_tick_ = ~std::uint64_t{0};  // timers started by what fires do not arm one by one
    for (std::uint64_t i = 1; i <= turns; ++i) {
        run_slot(now, (from + i) % slots_count);
    }
    done_tick_ = std::max(now, from);
    arm();
}

void TimerWheel::run_slot(std::uint64_t tick_now, std::size_t slot) {
    // A callback may stop or start any timer, so the slot is read afresh after each one.
    bool again = true;
    while (again) {
        again = false;
        for (TimerNode* node = slots_[slot]; node != nullptr; node = node->next_) {
            if (node->due_tick_ <= tick_now) {
                remove(*node);
                node->on_timer();
                again = true;
                break;
            }
        }
    }
}

}  // namespace loquat::aio
