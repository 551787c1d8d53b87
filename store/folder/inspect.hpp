#pragma once
#include <filesystem>
#include <vector>

#include "base/failure.hpp"

namespace loquat::store {

// All that is wrong with the files of a folder, one Failure for each; reads every database wholly
// and changes nothing.  Empty for a folder that has no manifest yet.  Fails with `data.in_use`
// while another process holds it.
std::vector<Failure> inspect_folder(const std::filesystem::path& path);

// Databases whose pages have no checksums, because a version before made them.
std::vector<std::filesystem::path> list_unchecked(const std::filesystem::path& path);

}  // namespace loquat::store
