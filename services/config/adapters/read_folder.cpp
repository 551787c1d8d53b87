#include "services/config/adapters/read_folder.hpp"

#include <fstream>

#include "base/failure.hpp"

namespace loquat::config {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
    throw Failure{Kind::unavailable, "config.unreadable", path.string() + ": " + why};
}

std::string read_file(const fs::path& path, std::uintmax_t size) {
    std::string text(size, '\0');
    std::ifstream in{path, std::ios::binary};
    in.read(text.data(), static_cast<std::streamsize>(size));
    if (!in) {
        refuse(path, "cannot be read");
    }
    return text;
}

bool is_inside(const fs::path& path, const fs::path& root) {
    const auto relative = path.lexically_relative(root);
    return !relative.empty() && *relative.begin() != "..";
}

Time changed_at(const fs::path& path) {
    const auto time = std::chrono::file_clock::to_sys(fs::last_write_time(path));
    return std::chrono::time_point_cast<std::chrono::milliseconds>(time);
}

}  // namespace

Files read_folder(const fs::path& folder) {
    try {
        const fs::path root = fs::canonical(folder);
        Files files;
        std::uintmax_t bytes = 0;
        auto walk = fs::recursive_directory_iterator{root};
        for (auto entry = fs::begin(walk); entry != fs::end(walk); ++entry) {
            if (entry->path().filename().string().starts_with('.')) {
                if (entry->is_directory()) {
                    entry.disable_recursion_pending();
                }
                continue;
            }
            if (!entry->is_regular_file() || !is_inside(fs::canonical(entry->path()), root)) {
                continue;
            }
            const std::uintmax_t size = entry->file_size();
            bytes += size;
            if (size > file_bytes_max || bytes > all_bytes_max || files.size() == files_max) {
                refuse(entry->path(), "too many files, or too large ones");
            }
            files[entry->path().lexically_relative(root).string()] = {
                .text = read_file(entry->path(), size), .changed_at = changed_at(entry->path())};
        }
        return files;
    } catch (const fs::filesystem_error& error) {
        refuse(folder, error.code().message());
    }
}

}  // namespace loquat::config
