#pragma once
#include <cstddef>
#include <memory>

#include "aio/task.hpp"

namespace loquat::aio {

class Loop;

// Children that end before their parent.  `start` runs a task on the scope's loop; `close` cancels
// all and waits for them.  What a child throws is logged, never lost.  Loop thread only.
class Scope {
  public:
    // `name` says in the log whose child failed.
    Scope(Loop& loop, const char* name);
    // Aborts the program when children still run on a live loop: close first.
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

    void start(Task<void> task);
    // Asks every child that runs now to stop; returns at once.
    void cancel();
    Task<void> close();
    std::size_t size() const;

  private:
    friend class Loop;
    struct State;
    std::shared_ptr<State> state_;
};

// Cancellation is seen by a child as an exception from what it awaits; true for that exception.
bool is_cancellation(std::exception_ptr error);
// One line about an exception for the log.
std::string describe(std::exception_ptr error);

}  // namespace loquat::aio
