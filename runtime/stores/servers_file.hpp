#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "runtime/store_config.hpp"

namespace loquat::runtime {

// Which needs of a data folder are met by servers stands in its file `servers`, so that a start
// that has lost the setting does not begin anew beside what is there, and a copy of the folder is
// not taken for all of it.  A folder without the file keeps everything in itself.

// Writes it into a folder that has no database yet.  Fails with `store.other_place` when the
// folder's data is elsewhere than configured, naming the settings and what to do.
void hold_to_servers(const std::filesystem::path& folder, const StoreConfig& config);

// As `NEED=KIND`; none for a folder that keeps everything in itself.
std::vector<std::string> needs_at_servers(const std::filesystem::path& folder);

}  // namespace loquat::runtime
