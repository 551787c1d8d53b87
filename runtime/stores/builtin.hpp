#pragma once
#include "runtime/stores.hpp"

namespace loquat::runtime {

// The adapters that need no server: files in the data folder and this process's memory.
std::vector<StoreAdapter> builtin_stores();

// Those and `adapters`.
std::vector<StoreAdapter> with_builtin(std::vector<StoreAdapter> adapters);

}  // namespace loquat::runtime
