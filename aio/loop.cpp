#include "aio/loop.hpp"

#include <pthread.h>
#include <boost/asio/post.hpp>

#include "aio/scope.hpp"
#include "aio/signal.hpp"
#include "aio/wheel.hpp"
#include "base/check.hpp"

namespace loquat::aio {
namespace {

thread_local Loop* current_loop = nullptr;

class Entered {
  public:
    explicit Entered(Loop* loop) : before_(std::exchange(current_loop, loop)) {}
    ~Entered() { current_loop = before_; }
    Entered(const Entered&) = delete;
    Entered& operator=(const Entered&) = delete;

  private:
    Loop* before_;
};

}  // namespace

Loop::Loop(std::string name)
    : name_(std::move(name)),
      guard_(boost::asio::make_work_guard(context_)),
      wheel_(std::make_unique<TimerWheel>()),
      scope_(std::make_unique<Scope>(*this, "loop")) {}

Loop::~Loop() = default;

void Loop::run() {
    const Entered entered{this};
    pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
    // Asio keeps the memory of coroutines that have ended for the next ones, but only for what runs
    // inside a handler.  Events are told outside of `context_`'s, so all turns are one handler of a
    // context that has no other.
    boost::asio::io_context around{1};
    boost::asio::post(around, [this] {
        while (!is_stopped_) {
            const bool is_busy = turn();
            if (!is_stopped_) {
                wait(is_busy);
            }
        }
    });
    around.run();
    is_stopped_ = false;
}

void Loop::poll() {
    const Entered entered{this};
    bool is_busy = true;
    while (is_busy && !is_stopped_) {
        is_busy = turn();
        is_busy = (!is_stopped_ && poller_.wait(std::chrono::nanoseconds{0})) || is_busy;
    }
    is_stopped_ = false;
}

// True when there is more to do.
bool Loop::turn() {
    drain();
    wheel_->fire_due();
    return run_handlers();
}

// Events wait for a limited number of handlers, and those that handlers add wait for events.
bool Loop::run_handlers() {
    for (int i = 0; i < handlers_max; ++i) {
        if (is_stopped_ || context_.poll_one() == 0) {
            return false;
        }
    }
    return true;
}

std::optional<std::chrono::nanoseconds> Loop::time_to_sleep(bool is_busy) {
    const std::lock_guard lock{inbox_mutex_};
    if (is_busy || !inbox_.empty()) {
        return std::chrono::nanoseconds{0};
    }
    is_asleep_ = true;
    const auto due = wheel_->next_due();
    if (!due) {
        return std::nullopt;
    }
    return std::max<std::chrono::nanoseconds>(*due - std::chrono::steady_clock::now(),
                                              std::chrono::nanoseconds{0});
}

void Loop::wait(bool is_busy) {
    const auto time_max = time_to_sleep(is_busy);
    poller_.wait(time_max);
    const std::lock_guard lock{inbox_mutex_};
    is_asleep_ = false;
}

// Not lost before `run`, which then returns at once: one stop ends one run.
void Loop::stop() {
    is_stopped_ = true;
    poller_.wake();
}

void Loop::post(std::move_only_function<void()> work) {
    bool first = false;
    bool was_asleep = false;
    {
        const std::lock_guard lock{inbox_mutex_};
        first = inbox_.empty();
        was_asleep = std::exchange(is_asleep_, false);
        inbox_.push_back(std::move(work));
    }
    if (was_asleep) {
        poller_.wake();
    } else if (first && is_current()) {
        // Behind the handlers that are ready now, not behind all that they will add.
        boost::asio::post(context_, [this] { drain(); });
    }
}

void Loop::drain() {
    std::vector<std::move_only_function<void()>> batch;
    {
        const std::lock_guard lock{inbox_mutex_};
        batch.swap(inbox_);
    }
    for (auto& work : batch) {
        work();
    }
}

void Loop::defer(std::move_only_function<void()> work) {
    boost::asio::post(context_, std::move(work));
}

void Loop::spawn(Task<void> task) {
    if (is_current()) {
        scope_->start(std::move(task));
        return;
    }
    auto held = std::make_shared<Task<void>>(std::move(task));
    post([this, held] { scope_->start(std::move(*held)); });
}

Loop& Loop::current() {
    LOQUAT_CHECK(current_loop != nullptr, "this thread runs a loop");
    return *current_loop;
}

Loop* Loop::current_or_null() { return current_loop; }

Task<void> Loop::sleep_for(std::chrono::milliseconds time) {
    Signal never;
    co_await never.wait_until(std::chrono::steady_clock::now() + time);
}

}  // namespace loquat::aio
