#pragma once
#include <exception>

namespace loquat::store {

// The same error as an object of its own, for several waiters on several threads.  None stays none.
std::exception_ptr copy_of(const std::exception_ptr& error);

}  // namespace loquat::store
