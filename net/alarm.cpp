#include "net/alarm.hpp"

#include <ctime>

#include "aio/loop.hpp"

namespace loquat::net {

Steady coarse_now() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);  // the clock of steady_clock, as of the last tick
    return Steady{std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec}};
}

void Alarm::set(aio::Loop& loop, Steady now, Steady due) {
    loop_ = &loop;
    due_ = due;
    if (due == Steady::max() || (is_running() && node_due_ <= due)) {
        return;
    }
    node_due_ = due;
    start(loop, std::chrono::ceil<std::chrono::milliseconds>(due - now));
}

void Alarm::on_timer() {
    const Steady now = std::chrono::steady_clock::now();
    if (due_ > now) {
        set(*loop_, now, due_);
        return;
    }
    due_ = Steady::max();
    on_alarm();
}

}  // namespace loquat::net
