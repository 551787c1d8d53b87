#pragma once
#include <span>

#include "aio/loop.hpp"
#include "services/registry/domain/instance_book.hpp"
#include "services/registry/ports.hpp"

namespace loquat::registry {

// Before a registry answers, it takes what its peers know: of the first that tells.  A peer that is
// not there, or is starting itself, has nothing; one that is slow or answers wrongly is asked again
// until `deadline`.  How many instances came.
Task<std::size_t> catch_up(aio::Loop& loop, std::span<PeerPort* const> peers, InstanceBook& book,
                           const Clock& clock, Steady deadline);

}  // namespace loquat::registry
