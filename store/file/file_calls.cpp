#include "store/file/file_calls.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace loquat::store {

ssize_t FileCalls::write(int file, const char* bytes, std::size_t count, std::uint64_t position) {
    return ::pwrite(file, bytes, count, static_cast<off_t>(position));
}

int FileCalls::sync_data(int file) { return ::fdatasync(file); }

int FileCalls::sync(int file) { return ::fsync(file); }

int FileCalls::truncate(int file, std::uint64_t size) {
    return ::ftruncate(file, static_cast<off_t>(size));
}

int FileCalls::allocate(int file, std::uint64_t size) {
    return ::fallocate(file, 0, 0, static_cast<off_t>(size));
}

int FileCalls::unlink(const char* path) { return ::unlink(path); }

FileCalls& FileCalls::system() {
    static FileCalls calls;
    return calls;
}

}  // namespace loquat::store
