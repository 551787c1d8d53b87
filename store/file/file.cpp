#include "store/file/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace loquat::store {
namespace {

constexpr std::chrono::seconds full_wait{5};
constexpr std::chrono::seconds other_wait{1};

int flags_of(FileMode mode) {
    switch (mode) {
        case FileMode::make:
            return O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC;
        case FileMode::write:
            return O_RDWR | O_CLOEXEC;
        case FileMode::read:
            return O_RDONLY | O_CLOEXEC;
    }
    return O_RDONLY | O_CLOEXEC;
}

}  // namespace

Failure file_failure(const std::filesystem::path& path, int error) {
    const std::string reason = path.string() + ": " + std::strerror(error);
    if (error == ENOSPC || error == EDQUOT || error == EFBIG) {
        return Failure{Kind::unavailable, "store.full", "There is no space left to store this.",
                       reason}
            .retry_in(full_wait);
    }
    return Failure{Kind::unavailable, "store.unavailable",
                   "The store cannot be used at the moment.", reason}
        .retry_in(other_wait);
}

Failure damaged_part(const std::filesystem::path& path, const std::string& what,
                     const std::string& mend) {
    return Failure{Kind::unavailable, "store.damaged",
                   "The data file " + path.string() + " is damaged (" + what +
                       "). It was left as it is. " + mend};
}

File::File(std::filesystem::path path, FileMode mode, FileCalls& calls)
    : path_(std::move(path)), calls_(calls) {
    handle_ = ::open(path_.c_str(), flags_of(mode), S_IRUSR | S_IWUSR);
    if (handle_ < 0) {
        throw file_failure(path_, errno);
    }
}

File::~File() { ::close(handle_); }

void File::write(std::string_view bytes, std::uint64_t position) {
    while (!bytes.empty()) {
        const ssize_t count = calls_.write(handle_, bytes.data(), bytes.size(), position);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            throw file_failure(path_, count < 0 ? errno : ENOSPC);
        }
        bytes.remove_prefix(static_cast<std::size_t>(count));
        position += static_cast<std::uint64_t>(count);
    }
}

void File::sync() {
    if (calls_.sync_data(handle_) != 0) {
        throw file_failure(path_, errno);
    }
}

std::string File::read(std::uint64_t position, std::size_t count) const {
    std::string bytes(count, '\0');
    std::size_t have = 0;
    while (have < count) {
        const ssize_t got = ::pread(handle_, bytes.data() + have, count - have,
                                    static_cast<off_t>(position + have));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            throw file_failure(path_, errno);
        }
        if (got == 0) {
            break;
        }
        have += static_cast<std::size_t>(got);
    }
    bytes.resize(have);
    return bytes;
}

void File::truncate(std::uint64_t size) {
    if (calls_.truncate(handle_, size) != 0) {
        throw file_failure(path_, errno);
    }
}

void File::allocate(std::uint64_t size) {
    if (calls_.allocate(handle_, size) == 0) {
        return;
    }
    if (errno != EOPNOTSUPP && errno != ENOSYS) {
        throw file_failure(path_, errno);
    }
    truncate(size);
}

std::uint64_t File::size() const {
    struct stat status{};
    if (::fstat(handle_, &status) != 0) {
        throw file_failure(path_, errno);
    }
    return static_cast<std::uint64_t>(status.st_size);
}

std::uint64_t File::data_end(std::uint64_t from) const {
    for (;;) {
        const off_t data = ::lseek(handle_, static_cast<off_t>(from), SEEK_DATA);
        if (data < 0) {
            return errno == ENXIO ? from : size();
        }
        const off_t hole = ::lseek(handle_, data, SEEK_HOLE);
        if (hole < 0) {
            return size();
        }
        from = static_cast<std::uint64_t>(hole);
    }
}

void sync_folder(const std::filesystem::path& folder, FileCalls& calls) {
    const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle < 0) {
        throw file_failure(folder, errno);
    }
    const int result = calls.sync(handle);
    const int error = errno;
    ::close(handle);
    if (result != 0) {
        throw file_failure(folder, error);
    }
}

void remove_file(const std::filesystem::path& path, FileCalls& calls) {
    if (calls.unlink(path.c_str()) != 0 && errno != ENOENT) {
        throw file_failure(path, errno);
    }
}

void make_folder(const std::filesystem::path& folder) {
    if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
        throw file_failure(folder, errno);
    }
}

void replace_file(const std::filesystem::path& path, std::string_view content, FileCalls& calls) {
    const std::filesystem::path made = path.string() + ".new";
    {
        File file{made, FileMode::make, calls};
        file.write(content, 0);
        file.sync();
    }
    if (::rename(made.c_str(), path.c_str()) != 0) {
        throw file_failure(path, errno);
    }
    sync_folder(path.parent_path(), calls);
}

}  // namespace loquat::store
