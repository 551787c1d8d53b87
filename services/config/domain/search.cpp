#include "services/config/domain/search.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "services/config/domain/names.hpp"

namespace loquat::config {
namespace {

constexpr std::size_t folders_max = 64;

void replace_all(std::string& text, std::string_view mark, std::string_view with) {
    for (std::size_t at = text.find(mark); at != std::string::npos;
         at = text.find(mark, at + with.size())) {
        text.replace(at, mark.size(), with);
    }
}

// Every way to fill one mark in.
std::vector<std::string> filled(const std::vector<std::string>& paths, std::string_view mark,
                                std::span<const std::string> with) {
    std::vector<std::string> out;
    for (const std::string& path : paths) {
        if (path.find(mark) == std::string::npos) {
            out.push_back(path);
            continue;
        }
        for (const std::string& one : with) {
            std::string made = path;
            replace_all(made, mark, one);
            if (!one.empty() && out.size() < folders_max) {
                out.push_back(std::move(made));
            }
        }
    }
    return out;
}

// `*` is any text, without backtracking further than the last one.
bool fits(std::string_view name, std::string_view pattern) {
    std::size_t at = 0;
    std::size_t in = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    while (at < name.size()) {
        if (in < pattern.size() && pattern[in] == '*') {
            star = in++;
            resume = at;
        } else if (in < pattern.size() && pattern[in] == name[at]) {
            ++in;
            ++at;
        } else if (star != std::string_view::npos) {
            in = star + 1;
            at = ++resume;
        } else {
            return false;
        }
    }
    return pattern.substr(in).find_first_not_of('*') == std::string_view::npos;
}

bool folder_fits(std::string_view folder, std::string_view pattern) {
    const auto names = split(folder, '/');
    const auto patterns = split(pattern, '/');
    return std::ranges::equal(names, patterns, fits);
}

std::set<std::string> all_folders(const Files& files) {
    std::set<std::string> all;
    for (const auto& [path, file] : files) {
        for (std::size_t at = path.find('/'); at != std::string::npos;
             at = path.find('/', at + 1)) {
            all.insert(path.substr(0, at));
        }
    }
    return all;
}

}  // namespace

std::vector<std::string> folders_of(std::span<const std::string> search_paths, const Wanted& wanted,
                                    const Files& files) {
    std::vector<std::string> folders{""};
    for (const std::string& search_path : search_paths) {
        std::vector<std::string> paths{search_path};
        paths = filled(paths, "{application}", wanted.applications);
        paths = filled(paths, "{profile}", wanted.profiles);
        paths = filled(paths, "{label}", std::vector<std::string>{wanted.label});
        for (const std::string& path : paths) {
            std::string_view folder = path;
            while (folder.ends_with('/')) {
                folder.remove_suffix(1);
            }
            if (folder.find('*') == std::string_view::npos) {
                folders.push_back(std::string{folder} + "/");
                continue;
            }
            for (const std::string& one : all_folders(files)) {
                if (folder_fits(one, folder)) {
                    folders.push_back(one + "/");
                }
            }
        }
    }
    folders.resize(std::min(folders.size(), folders_max));
    return folders;
}

bool is_search_path(std::string_view path) {
    std::string plain{path};
    for (const std::string_view mark : {"{application}", "{profile}", "{label}", "*"}) {
        replace_all(plain, mark, "x");
    }
    while (plain.ends_with('/')) {
        plain.pop_back();
    }
    return is_inner_path(plain) && plain.find_first_of("{}") == std::string::npos;
}

}  // namespace loquat::config
