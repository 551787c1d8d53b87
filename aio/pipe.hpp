#pragma once
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "aio/loop.hpp"
#include "aio/signal.hpp"
#include "base/failure.hpp"

namespace loquat::aio {

// Items from a maker on one loop to one reader, usually on another: in order, bounded, one wake a
// burst.  What was pushed before `close` is still read.  Either end may go first.
//
//   auto [writer, reader] = make_pipe<Event>(1024);
namespace detail {
template <class T>
struct PipeState {
    PipeState(Loop& of_maker, std::size_t most) : maker(of_maker), items_max(most) {}

    Loop& maker;
    const std::size_t items_max;
    std::move_only_function<void()> on_gone;  // maker's loop only
    bool writer_lives = true;                 // maker's loop only
    Signal arrived;                           // reader's loop only

    std::mutex mutex;
    std::vector<T> items;
    std::exception_ptr error;
    Loop* waiting = nullptr;  // the reader's loop while it waits and nobody has woken it
    bool closed = false;
    bool gone = false;
};

// Under the lock of `state`: the reader cannot leave its loop in between.
template <class T>
void wake(const std::shared_ptr<PipeState<T>>& state) {
    if (Loop* home = std::exchange(state->waiting, nullptr)) {
        home->post([state] { state->arrived.set(); });
    }
}
}  // namespace detail

enum class Push { taken, full, gone };

// The maker's end; its loop only.
template <class T>
class PipeWriter {
  public:
    PipeWriter() = default;
    explicit PipeWriter(std::shared_ptr<detail::PipeState<T>> state) : state_(std::move(state)) {}
    PipeWriter(PipeWriter&& other) noexcept = default;
    PipeWriter& operator=(PipeWriter&& other) noexcept {
        end();
        state_ = std::move(other.state_);
        return *this;
    }
    // Without `close` before it the reader gets `upstream.unavailable`.
    ~PipeWriter() { end(); }

    Push push(T item) { return push_from(item); }
    // Moves from `item` only when it is taken.
    Push push_from(T& item) {
        const std::lock_guard lock{state_->mutex};
        if (state_->gone || state_->closed) {
            return Push::gone;
        }
        if (state_->items.size() >= state_->items_max) {
            return Push::full;
        }
        state_->items.push_back(std::move(item));
        detail::wake(state_);
        return Push::taken;
    }

    // The end; with `error` the reader gets it after the items.  Only the first call counts.
    void close(std::exception_ptr error = nullptr) {
        const std::lock_guard lock{state_->mutex};
        if (!std::exchange(state_->closed, true)) {
            state_->error = std::move(error);
            detail::wake(state_);
        }
    }

    // Calls once, on this loop, when the reader has gone; not after this writer has.
    void on_reader_gone(std::move_only_function<void()> call) { state_->on_gone = std::move(call); }

  private:
    void end() {
        if (state_) {
            state_->writer_lives = false;
            state_->on_gone = nullptr;
            close(std::make_exception_ptr(
                Failure{Kind::unavailable, "upstream.unavailable", "The answer broke off."}));
        }
    }

    std::shared_ptr<detail::PipeState<T>> state_;
};

// The reader's end.  It belongs to the loop that first calls `next`.
template <class T>
class PipeReader {
  public:
    explicit PipeReader(std::shared_ptr<detail::PipeState<T>> state) : state_(std::move(state)) {}
    PipeReader(PipeReader&&) noexcept = default;
    PipeReader& operator=(PipeReader&&) = delete;
    ~PipeReader() {
        if (state_) {
            cancel();
        }
    }

    // Everything that has come, at least one; empty at the end and after `cancel`.  Throws what
    // `close` was given, or `upstream.timeout` when nothing came before `deadline`.
    Task<std::vector<T>> next(Steady deadline) {
        auto state = state_;
        for (;;) {
            {
                const std::lock_guard lock{state->mutex};
                if (state->gone) {
                    co_return std::vector<T>{};
                }
                if (!state->items.empty()) {
                    co_return std::exchange(state->items, {});
                }
                if (state->error) {
                    std::rethrow_exception(std::exchange(state->error, nullptr));
                }
                if (state->closed) {
                    co_return std::vector<T>{};
                }
                state->waiting = &Loop::current();
            }
            const bool in_time = co_await wait(*state, deadline);
            if (!in_time) {
                throw Failure{Kind::timed_out, "upstream.timeout",
                              "The answer did not come in time."};
            }
        }
    }

    // `next` ends at once, and the maker is told.
    void cancel() {
        {
            const std::lock_guard lock{state_->mutex};
            if (std::exchange(state_->gone, true)) {
                return;
            }
            state_->items.clear();
            detail::wake(state_);
        }
        state_->maker.post([state = state_] {
            if (state->writer_lives && state->on_gone) {
                std::exchange(state->on_gone, nullptr)();
            }
        });
    }

  private:
    static Task<bool> wait(detail::PipeState<T>& state, Steady deadline) {
        std::exception_ptr error;
        bool in_time = false;
        try {
            in_time = co_await state.arrived.wait_until(deadline);
        } catch (...) {
            error = std::current_exception();
        }
        {
            const std::lock_guard lock{state.mutex};
            state.waiting = nullptr;
        }
        if (error) {
            std::rethrow_exception(error);
        }
        co_return in_time;
    }

    std::shared_ptr<detail::PipeState<T>> state_;
};

// On the maker's loop.  Destroy the writer there, and both before their loops.
template <class T>
std::pair<PipeWriter<T>, PipeReader<T>> make_pipe(std::size_t items_max) {
    auto state = std::make_shared<detail::PipeState<T>>(Loop::current(), items_max);
    return {PipeWriter<T>{state}, PipeReader<T>{state}};
}

}  // namespace loquat::aio
