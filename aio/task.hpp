#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace loquat {

// The one coroutine type.  Lazy: a Task that nobody awaits never runs.  Spawn only through
// aio::Scope. A coroutine that may be spawned takes its arguments by value.
template <class T = void>
using Task = boost::asio::awaitable<T, boost::asio::io_context::executor_type>;

}  // namespace loquat
