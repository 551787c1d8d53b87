#include "services/realtime/domain/resync.hpp"

namespace loquat::realtime {

std::string resync_event(std::int64_t from_seq, std::int64_t to_seq, Torn torn) {
    return R"({"type":"resync","from_seq":)" + std::to_string(from_seq) + R"(,"to_seq":)" +
           std::to_string(to_seq) + (torn == Torn::generations ? R"(,"generations":true})" : "}");
}

}  // namespace loquat::realtime
