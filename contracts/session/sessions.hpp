#pragma once
#include "contracts/session/session.hpp"

// Shopping sessions as other services ask for them.  Failures: session.not_found.
namespace loquat::contracts {

struct ValidateSession {
    std::string session_id;
    std::optional<UserId> user_id;

    static constexpr std::array fields{session_ref_field};
};
BOOST_DESCRIBE_STRUCT(ValidateSession, (), (session_id, user_id))

// Valid: it is there, of that user where one is named, and things can be put into its cart.
struct SessionVerdict {
    bool valid = false;
    std::optional<ShopSessionStatus> status;  // absent: there is none
    std::optional<UserId> user_id;
    std::optional<std::string> currency;
    std::optional<Time> expires_at;
    std::optional<OrderId> order_id;

    static constexpr std::array<std::string_view, 2> nulls{"status", "user_id"};
};
BOOST_DESCRIBE_STRUCT(SessionVerdict, (), (valid, status, user_id, currency, expires_at, order_id))

class SessionsApi {
  public:
    virtual ~SessionsApi() = default;

    virtual Task<ShopSession> get_session_within(Caller caller, ShopSessionRef request) = 0;
    virtual Task<SessionVerdict> validate_session(Caller caller, ValidateSession request) = 0;
};

template <>
struct Table<SessionsApi> {
    static constexpr std::string_view service = "session";
    static constexpr std::tuple routes{
        Route<&SessionsApi::get_session_within>{{.method = "GET",
                                                 .path = "/internal/session/{id}",
                                                 .summary = "A shopping session",
                                                 .access = Access::internal}},
        Route<&SessionsApi::validate_session>{{.method = "POST",
                                               .path = "/internal/session/validate",
                                               .summary = "Whether one can shop in a session",
                                               .access = Access::internal,
                                               .repeat = Repeat::safe}},
    };
};

std::vector<Operation> sessions_operations();

}  // namespace loquat::contracts
