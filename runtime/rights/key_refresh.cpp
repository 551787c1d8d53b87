#include "runtime/rights/key_refresh.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace loquat::runtime {

KeyRefresh::KeyRefresh(aio::Loop& loop, std::function<Task<void>()> load)
    : loop_(loop), load_(std::move(load)), scope_(loop, "keys") {}

Task<void> KeyRefresh::run(std::string name, std::function<bool()> is_known) {
    if (is_absent(name)) {
        co_return;
    }
    const std::uint64_t needed = begun_ + 1;
    while (!is_known() && ended_ < needed) {
        if (!is_asking_) {
            is_asking_ = true;
            scope_.start(ask());
        }
        const auto told = std::make_shared<aio::Signal>();
        waiting_.push_back(told);
        co_await told->wait();
    }
    if (!is_known()) {
        note_absent(std::move(name));
    }
}

Task<void> KeyRefresh::ask() {
    std::exception_ptr failed;
    try {
        if (const Steady now = std::chrono::steady_clock::now(); now < next_at_) {
            co_await loop_.sleep_for(std::chrono::ceil<std::chrono::milliseconds>(next_at_ - now));
        }
        ++begun_;
        co_await load_();
    } catch (...) {
        failed = std::current_exception();
    }
    if (failed && !aio::is_cancellation(failed)) {
        log_warn({.service = "tokens"}, "keys could not be read",
                 {{"error", aio::describe(failed)}});
    }
    begun_ = std::max(begun_, ended_ + 1);
    ended_ = begun_;
    is_asking_ = false;
    next_at_ = std::chrono::steady_clock::now() + pause;
    for (const auto& told : std::exchange(waiting_, {})) {
        told->set();
    }
}

bool KeyRefresh::is_absent(std::string_view name) const {
    const Steady now = std::chrono::steady_clock::now();
    return std::ranges::any_of(
        absent_, [&](const Absent& one) { return one.name == name && one.until > now; });
}

void KeyRefresh::note_absent(std::string name) {
    if (absent_.size() >= absent_max) {
        absent_.pop_front();
    }
    absent_.push_back({std::move(name), std::chrono::steady_clock::now() + absent_for});
}

Task<void> KeyRefresh::close() { co_await scope_.close(); }

}  // namespace loquat::runtime
