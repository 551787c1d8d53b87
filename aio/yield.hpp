#pragma once
#include <memory>

#include "aio/loop.hpp"
#include "aio/signal.hpp"

namespace loquat::aio {

// Lets everything else that is ready on this loop run first.
inline Task<void> yield() {
    auto turn = std::make_shared<Signal>();
    Loop::current().defer([turn] { turn->set(); });
    co_await turn->wait();
}

}  // namespace loquat::aio
