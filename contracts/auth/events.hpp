#pragma once
#include "contracts/events/resync.hpp"
#include "wire/schema.hpp"

// Live events on `/user/queue/session`.
namespace loquat::contracts {

// A minute is left: send a new token to `/app/auth.refresh`.
struct TokenExpiring {
    static constexpr std::string_view event_type = "token_expiring";
    Time expires_at;
};
BOOST_DESCRIBE_STRUCT(TokenExpiring, (), (expires_at))

struct SessionEnded {
    static constexpr std::string_view event_type = "session_ended";
};
BOOST_DESCRIBE_STRUCT(SessionEnded, (), ())

struct SessionEvent : wire::OneOf<TokenExpiring, SessionEnded, ResyncEvent> {};

}  // namespace loquat::contracts
