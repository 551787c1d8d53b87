#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/config/domain/snapshot.hpp"

namespace loquat::config {

// Who asks for configuration.
struct Wanted {
    std::vector<std::string> applications;
    std::vector<std::string> profiles;
    std::string label;  // empty: none
};

// The folders in which files of that one are looked for, the strongest last; the first is the root,
// which is empty, others end in a slash.  `{application}`, `{profile}` and `{label}` of the search
// paths stand for each of his, `*` for any part of a folder's name.  At most 64.
std::vector<std::string> folders_of(std::span<const std::string> search_paths, const Wanted& wanted,
                                    const Files& files);

// Whether a search path stays below the root.
bool is_search_path(std::string_view path);

}  // namespace loquat::config
