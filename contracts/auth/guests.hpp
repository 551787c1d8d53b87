#pragma once
#include "contracts/core/operation.hpp"

// Tokens of people without an account, who may do what rows with Access::guest let them.  For other
// services alone; whoever asks limits how many are made.
namespace loquat::contracts {

struct GuestToken {
    std::string token;            // for `Authorization: Bearer`
    UserId user_id;               // the guest's, of no account
    SessionId session_id;         // what end_guest ends
    std::int64_t expires_in = 0;  // seconds
};
BOOST_DESCRIBE_STRUCT(GuestToken, (), (token, user_id, session_id, expires_in))

struct GuestRef {
    SessionId session_id;
};
BOOST_DESCRIBE_STRUCT(GuestRef, (), (session_id))

// Whose a token is; without a right to it one learns nothing.
struct GuestProof {
    std::string token;

    static constexpr std::array fields{wire::Field{"token", 1, 4096, "A guest's."}};
};
BOOST_DESCRIBE_STRUCT(GuestProof, (), (token))

struct ProvenGuest {
    UserId user_id;
    SessionId session_id;
};
BOOST_DESCRIBE_STRUCT(ProvenGuest, (), (user_id, session_id))

class GuestsApi {
  public:
    virtual ~GuestsApi() = default;

    virtual Task<GuestToken> issue_guest(Caller caller, Empty request) = 0;
    // Its token is refused from now on; again: nothing.
    virtual Task<void> end_guest(Caller caller, GuestRef request) = 0;
    // 401 `auth.invalid_token`, `auth.token_expired`, `auth.token_revoked`; 401
    // `auth.invalid_token` for the token of an account.
    virtual Task<ProvenGuest> prove_guest(Caller caller, GuestProof request) = 0;
};

template <>
struct Table<GuestsApi> {
    static constexpr std::string_view service = "auth";
    static constexpr std::tuple routes{
        Route<&GuestsApi::issue_guest>{{.method = "POST",
                                        .path = "/internal/guests",
                                        .summary = "A token for somebody without an account",
                                        .access = Access::internal,
                                        .repeat = Repeat::safe}},
        Route<&GuestsApi::end_guest>{{.method = "POST",
                                      .path = "/internal/guests/end",
                                      .summary = "Refuse a guest's token from now on",
                                      .access = Access::internal,
                                      .repeat = Repeat::safe}},
        Route<&GuestsApi::prove_guest>{{.method = "POST",
                                        .path = "/internal/guests/prove",
                                        .summary = "Which guest's a token is",
                                        .access = Access::internal,
                                        .repeat = Repeat::safe}},
    };
};

std::vector<Operation> guests_operations();

}  // namespace loquat::contracts
