#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/stores.hpp"

// The builtin adapters of each need: one file a family, and only these name adapters.
namespace loquat::runtime {

std::vector<StoreAdapter> log_adapters();
std::vector<StoreAdapter> broadcast_adapters();
std::vector<StoreAdapter> database_adapters();

// For an adapter that opens: says every few seconds that `server` (named by `setting`) is waited
// for and why; false once this process was told to stop.
std::function<bool(const std::string& why)> say_waiting_for(std::string server,
                                                            std::string setting);

}  // namespace loquat::runtime
