#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace loquat::store {

// The numbers in a file of marks that another process may be writing to; what cannot be read is
// left out.
std::map<std::string, std::uint64_t> read_marks(const std::filesystem::path& file);

}  // namespace loquat::store
