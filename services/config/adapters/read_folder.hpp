#pragma once
#include <filesystem>

#include "services/config/domain/snapshot.hpp"

namespace loquat::config {

inline constexpr std::size_t files_max = 5'000;
inline constexpr std::size_t file_bytes_max = 4 * 1024 * 1024;
inline constexpr std::size_t all_bytes_max = 64 * 1024 * 1024;

// Reads a folder: files below it, without hidden ones and without links that lead out of it.
// Blocks.  Throws Failure `config.unreadable` (unavailable): not there, too many or too much.
Files read_folder(const std::filesystem::path& folder);

}  // namespace loquat::config
