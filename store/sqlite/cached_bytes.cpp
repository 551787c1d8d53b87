#include "store/sqlite/cached_bytes.hpp"

#include <atomic>
#include <utility>

namespace loquat::store {
namespace {

std::atomic<std::int64_t> all{0};

}  // namespace

std::int64_t cached_bytes() { return all.load(std::memory_order_relaxed); }

void CachedBytes::set(std::int64_t bytes) {
    all.fetch_add(bytes - std::exchange(told_, bytes), std::memory_order_relaxed);
}

}  // namespace loquat::store
