#pragma once
#include "runtime/stores.hpp"

namespace loquat::runtime {

// Files in the data folder and this process's memory; and those that have a server.
std::vector<StoreAdapter> builtin_stores();
// Whether a kind of these has one, so that it wants a URL.
bool needs_server(std::string_view kind);

// Those and `adapters`.
std::vector<StoreAdapter> with_builtin(std::vector<StoreAdapter> adapters);

}  // namespace loquat::runtime
