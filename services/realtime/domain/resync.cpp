#include "services/realtime/domain/resync.hpp"

#include "contracts/events/resync.hpp"

namespace loquat::realtime {

std::string resync_event(std::int64_t from_seq, std::int64_t to_seq, Torn torn) {
    const auto generations = torn == Torn::generations ? std::optional{true} : std::nullopt;
    return wire::encode(contracts::ResyncEvent{from_seq, to_seq, generations});
}

}  // namespace loquat::realtime
