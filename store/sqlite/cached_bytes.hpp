#pragma once
#include <cstdint>

namespace loquat::store {

// What the page caches of all open databases of the process hold.  Any thread.
std::int64_t cached_bytes();

// The part of one connection, which tells it after its work.
class CachedBytes {
  public:
    CachedBytes() = default;
    ~CachedBytes() { set(0); }
    CachedBytes(const CachedBytes&) = delete;
    CachedBytes& operator=(const CachedBytes&) = delete;

    void set(std::int64_t bytes);

  private:
    std::int64_t told_ = 0;
};

}  // namespace loquat::store
