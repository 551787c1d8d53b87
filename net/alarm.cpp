#include "net/alarm.hpp"

#include "aio/loop.hpp"

namespace loquat::net {

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
