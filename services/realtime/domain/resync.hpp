#pragma once
#include <cstdint>
#include <string>

namespace loquat::realtime {

enum class Torn : std::uint8_t { nothing, generations };

// The body that tells a reader to page history; 0, 0 says that anything may have changed.  With
// torn generations: read those that run with GET /api/generations/{id}; the range may then be
// empty.
std::string resync_event(std::int64_t from_seq, std::int64_t to_seq, Torn torn = Torn::nothing);

}  // namespace loquat::realtime
