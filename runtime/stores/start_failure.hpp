#pragma once
#include <string_view>

#include "base/failure.hpp"

namespace loquat::runtime {

// What a server's refusal at the start says to whoever starts the program: one line that begins
// with the setting, store.NEED.url.  Kind and code stay.
Failure start_failure(std::string_view need, const Failure& failure);

}  // namespace loquat::runtime
