#pragma once
#include <filesystem>
#include <functional>

#include "apps/loquat/move/moved_set.hpp"

namespace loquat::app {

// Fails with `archive.other_schema` (409) when the databases of the archive are not those of this
// program, step by step, and with `archive.damaged` (422) when it says something else of a table.
void check_fitting(const store::ArchiveManifest& manifest,
                   const std::vector<MovedDatabase>& databases);

enum class Depth {
    bytes,  // every file is as it was written
    rows,   // and every line is a row of its table
};
// Reads the whole archive, of which check_fitting had nothing to say.  `told` hears the rows of
// each part.  `archive.damaged` (422) names the file.
void check_content(const std::filesystem::path& folder, const store::ArchiveManifest& manifest,
                   const std::vector<MovedDatabase>& databases, Depth depth,
                   const std::function<void(std::size_t rows)>& told);

}  // namespace loquat::app
