#pragma once
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "aio/loop.hpp"
#include "aio/signal.hpp"
#include "base/failure.hpp"

namespace loquat::aio {

// A result that arrives once, from any thread, for one waiter on `home`.  Hold it in a shared_ptr:
// the waiter may have given up when the result comes.
template <class T>
class Completion : public std::enable_shared_from_this<Completion<T>> {
  public:
    using Value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

    explicit Completion(Loop& home) : home_(home) {}

    void set(Value value = {}) {
        deliver([value = std::move(value)](Completion& self) mutable {
            self.value_.emplace(std::move(value));
        });
    }
    // Handed over, not shared: the exception lives and ends on the home loop.
    void fail(std::exception_ptr error) {
        deliver([error = std::move(error)](Completion& self) mutable {
            self.error_ = std::move(error);
        });
    }

    // Home loop.  Throws what `fail` brought; `upstream.timeout` when the deadline came first.
    Task<T> wait_until(Steady deadline) {
        auto self = this->shared_from_this();
        const bool in_time = co_await arrived_.wait_until(deadline);
        if (!in_time) {
            throw Failure{Kind::timed_out, "upstream.timeout", "The answer did not come in time."};
        }
        if (error_) {
            std::rethrow_exception(std::exchange(error_, nullptr));
        }
        if constexpr (!std::is_void_v<T>) {
            co_return std::move(*value_);
        }
    }
    Task<T> wait() { return wait_until(Steady::max()); }

  private:
    template <class Fill>
    void deliver(Fill fill) {
        if (home_.is_current()) {
            fill(*this);
            arrived_.set();
            return;
        }
        home_.post([self = this->shared_from_this(), fill = std::move(fill)]() mutable {
            fill(*self);
            self->arrived_.set();
        });
    }

    Loop& home_;
    std::optional<Value> value_;
    std::exception_ptr error_;
    Signal arrived_;
};

}  // namespace loquat::aio
