#include "services/realtime/domain/close_codes.hpp"

#include "net/websocket/frame.hpp"

namespace loquat::realtime {

namespace close_code = net::websocket::close_code;

std::uint16_t close_code_of(const Failure& failure) {
    if (failure.code == "server.restarting") {
        return close_code::service_restart;
    }
    if (failure.code.starts_with("auth.") && failure.kind == Kind::unauthenticated) {
        return close_code::token_expired;
    }
    switch (failure.kind) {
        case Kind::malformed:
        case Kind::unsupported:
            return close_code::protocol_error;
        case Kind::too_large:
            return close_code::too_big;
        case Kind::internal:
            return close_code::internal_error;
        case Kind::unavailable:
        case Kind::timed_out:
            return close_code::try_again_later;
        default:
            return close_code::policy;
    }
}

}  // namespace loquat::realtime
