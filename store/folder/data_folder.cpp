#include "store/folder/data_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "base/failure.hpp"

namespace loquat::store {
namespace {

Failure unusable(const std::filesystem::path& path, int error) {
    return Failure{Kind::unavailable, "data.unusable",
                   "The data folder " + path.string() + " cannot be used: " + std::strerror(error) +
                       ". Give another one, or make it writable for this user."};
}

std::string read_holder(int file) {
    std::array<char, 32> text{};
    const ssize_t count = ::pread(file, text.data(), text.size() - 1, 0);
    std::string holder{text.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
    const std::size_t digits = std::min(holder.find_first_not_of("0123456789"), holder.size());
    holder.resize(digits);
    return holder.empty() ? "unknown" : holder;
}

// Nothing else in a folder that somebody chose is touched.
bool is_ours(const std::filesystem::path& path) {
    constexpr std::array names{"manifest", "marks", "internal.key", "auth-keys.json", "run.json"};
    constexpr std::array folders{"log", "chat-journal"};
    const std::string name = path.filename();
    return path.extension().string().starts_with(".db") ||
           std::ranges::find(names, name) != names.end() ||
           std::ranges::any_of(folders, [&](const char* folder) {
               return name == folder || path.parent_path().filename() == folder;
           });
}

// A file that others may read is one of an older version, or was copied in.
void make_private(const std::filesystem::path& folder) {
    using std::filesystem::perms;
    constexpr perms others = perms::group_all | perms::others_all;
    std::error_code error;
    std::filesystem::recursive_directory_iterator at{folder, error};
    for (; !error && at != std::filesystem::recursive_directory_iterator{}; at.increment(error)) {
        if (!is_ours(at->path()) || at->is_symlink()) {
            at.disable_recursion_pending();
            continue;
        }
        std::error_code ignored;
        std::filesystem::permissions(at->path(), others, std::filesystem::perm_options::remove,
                                     ignored);
    }
}

}  // namespace

DataFolder::DataFolder(std::filesystem::path path) : path_(std::move(path)) {
    std::error_code error;
    const bool made = std::filesystem::create_directories(path_, error);
    if (error) {
        throw unusable(path_, error.value());
    }
    if (made) {
        ::chmod(path_.c_str(), S_IRWXU);
    }
    const std::filesystem::path file = path_ / "lock";
    lock_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock_ < 0) {
        throw unusable(path_, errno);
    }
    if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
        const int reason = errno;
        const std::string holder = read_holder(lock_);
        ::close(lock_);
        if (reason != EWOULDBLOCK) {
            throw unusable(path_, reason);
        }
        throw Failure{Kind::unavailable, "data.in_use",
                      "The data folder " + path_.string() + " is in use by process " + holder +
                          ". Stop that one, or give another folder."};
    }
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(lock_, 0) != 0 || ::pwrite(lock_, pid.data(), pid.size(), 0) < 0) {
        const int reason = errno;
        ::close(lock_);
        throw unusable(path_, reason);
    }
    make_private(path_);
}

DataFolder::~DataFolder() { ::close(lock_); }

bool is_held(const std::filesystem::path& folder) {
    const int lock = ::open((folder / "lock").c_str(), O_RDONLY | O_CLOEXEC);
    if (lock < 0) {
        return false;
    }
    const bool is_held = ::flock(lock, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    ::close(lock);
    return is_held;
}

}  // namespace loquat::store
