#include "runtime/config/findings.hpp"

namespace loquat::runtime {

void ConfigOrigins::set(const std::string& path, std::string origin) {
    const auto is_inside = [&path](std::string_view other) {
        return other.size() > path.size() && other.starts_with(path) &&
               (other[path.size()] == '[' || other[path.size()] == '.');
    };
    std::erase_if(by_path_, [&](const auto& entry) { return is_inside(entry.first); });
    by_path_[path] = std::move(origin);
}

void ConfigOrigins::set_inner(const std::string& path, std::string origin) {
    by_path_[path] = std::move(origin);
}

void ConfigOrigins::take(const std::string& path, const ConfigOrigins& other) {
    std::string origin = other.of(path);
    set(path, std::move(origin));
    for (const auto& [inner, theirs] : other.by_path_) {
        if (inner.starts_with(path + "[") || inner.starts_with(path + ".")) {
            by_path_[inner] = theirs;
        }
    }
}

std::string ConfigOrigins::of(std::string_view path) const {
    while (true) {
        if (const auto found = by_path_.find(path); found != by_path_.end()) {
            return found->second;
        }
        const std::size_t cut = path.find_last_of(".[");
        if (cut == std::string_view::npos) {
            return "default";
        }
        path = path.substr(0, cut);
    }
}

void ConfigFindings::add(std::string_view path, std::string_view what) {
    add_at(origins_.of(path), std::string{path} + " " + std::string{what});
}

void ConfigFindings::add_at(std::string_view origin, std::string_view text) {
    all_.push_back(std::string{origin} + ": " + std::string{text});
}

}  // namespace loquat::runtime
