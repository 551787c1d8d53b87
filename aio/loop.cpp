#include "aio/loop.hpp"

#include <pthread.h>
#include <boost/asio/executor_work_guard.hpp>
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
      wheel_(std::make_unique<TimerWheel>(*this)),
      scope_(std::make_unique<Scope>(*this, "loop")) {}

Loop::~Loop() = default;

void Loop::run() {
    const Entered entered{this};
    pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
    auto guard = boost::asio::make_work_guard(context_);
    context_.restart();
    context_.run();
}

void Loop::poll() {
    const Entered entered{this};
    context_.restart();
    context_.poll();
}

void Loop::stop() { context_.stop(); }

void Loop::post(std::move_only_function<void()> work) {
    bool first = false;
    {
        const std::lock_guard lock{inbox_mutex_};
        first = inbox_.empty();
        inbox_.push_back(std::move(work));
    }
    if (first) {
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
