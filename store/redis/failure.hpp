#pragma once
#include <string>

#include "base/failure.hpp"

namespace loquat::store {

// `store.unavailable`: it may come back.
Failure redis_unavailable(std::string detail);
// `upstream.timeout`: whether it was done is not known.
Failure redis_unknown(std::string detail);
// What waiting does not mend: `store.denied` (password, certificate) and `store.unfit` (a server
// that would lose or refuse what is kept there).
Failure redis_denied(std::string message);
Failure redis_unfit(std::string message);
// Whether it is one of the last two.
bool is_refusal(const Failure& failure);

}  // namespace loquat::store
