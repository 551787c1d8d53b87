#pragma once
#include "runtime/stores.hpp"

namespace loquat::runtime {

// Files in the data folder and this process's memory; and those that have a server.
std::vector<StoreAdapter> builtin_stores();

// Those and `adapters`.
std::vector<StoreAdapter> with_builtin(std::vector<StoreAdapter> adapters);

}  // namespace loquat::runtime
