#pragma once
#include <sys/types.h>

#include <cstddef>
#include <cstdint>

namespace loquat::store {

// The calls on which durability rests, as the system gives them: results and errno are the
// system's.  A test that stands here records their order and lets them fail.
class FileCalls {
  public:
    virtual ~FileCalls() = default;

    virtual ssize_t write(int file, const char* bytes, std::size_t count, std::uint64_t position);
    virtual int sync_data(int file);  // fdatasync
    virtual int sync(int file);       // fsync, of folders too
    virtual int truncate(int file, std::uint64_t size);
    virtual int allocate(int file, std::uint64_t size);  // bytes from 0 on, read as zero
    virtual int unlink(const char* path);

    static FileCalls& system();
};

}  // namespace loquat::store
