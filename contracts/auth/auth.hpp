#pragma once
#include "contracts/auth/revocation.hpp"
#include "contracts/auth/users.hpp"
#include "contracts/core/operation.hpp"
#include "wire/json.hpp"

// Accounts, sign-in and sessions.  Failures: auth.required, auth.invalid_credentials,
// auth.username_taken, auth.email_taken, auth.weak_password, auth.refresh_reused,
// auth.refresh_invalid, auth.session_not_found, auth.user_not_found, auth.account_disabled,
// auth.registration_closed, rate.limited.
namespace loquat::contracts {

// What a person knows of themselves.
struct User {
    UserId id;
    std::string username;
    std::string display_name;
    ParticipantKind kind = ParticipantKind::person;
    Time created_at;
    std::optional<std::string> email;
    Role role = Role::user;
    bool name_shared = false;  // as of PublicUser

    static constexpr std::array<std::string_view, 1> nulls{"email"};
    static constexpr std::array<std::string_view, 1> defaulted{"name_shared"};
};
BOOST_DESCRIBE_STRUCT(User, (),
                      (id, username, display_name, kind, created_at, email, role, name_shared))

struct Session {
    std::string access_token;
    std::string token_type = "Bearer";
    std::int64_t expires_in = 0;               // seconds
    std::optional<std::string> refresh_token;  // absent when it went into the cookie
    User user;
};
BOOST_DESCRIBE_STRUCT(Session, (), (access_token, token_type, expires_in, refresh_token, user))

// The answer of the older designs' sign-in routes.
struct TokenAnswer {
    std::string token;
    std::string token_type = "Bearer";
    std::int64_t expires_in = 0;
    std::string refresh_token;
    User user;
};
BOOST_DESCRIBE_STRUCT(TokenAnswer, (), (token, token_type, expires_in, refresh_token, user))

struct RegisterRequest {
    std::string username;
    std::string password;
    std::optional<std::string> email;
    std::optional<std::string> display_name;
    bool cookie = false;

    static constexpr std::array<std::string_view, 1> defaulted{"cookie"};
    static constexpr std::array fields{
        wire::Field{"username", 3, 32, "a-z, 0-9, _ . and -; letters are folded to lower case."},
        wire::Field{"password", 10, 128, "Any characters."},
        wire::Field{"email", 0, 254, "Optional.", "email"},
        wire::Field{"display_name", 0, 64, "Optional; the user name when absent."},
        wire::Field{.name = "cookie", .doc = "Put the refresh token into an HttpOnly cookie."},
    };
};
BOOST_DESCRIBE_STRUCT(RegisterRequest, (), (username, password, email, display_name, cookie))

struct LoginRequest {
    std::string login;
    std::string password;
    bool cookie = false;

    static constexpr std::array<std::string_view, 1> defaulted{"cookie"};
    static constexpr std::array fields{
        wire::Field{"login", 1, 254, "User name or e-mail address."},
        wire::Field{"password", 1, 1024, ""},
    };
};
BOOST_DESCRIBE_STRUCT(LoginRequest, (), (login, password, cookie))

// The older designs' sign-in body: one of `username` and `email`.
struct NamedLoginRequest {
    std::optional<std::string> username;
    std::optional<std::string> email;
    std::string password;

    static constexpr std::array fields{
        wire::Field{"username", 1, 254, ""},
        wire::Field{"email", 1, 254, "", "email"},
        wire::Field{"password", 1, 1024, ""},
    };
};
BOOST_DESCRIBE_STRUCT(NamedLoginRequest, (), (username, email, password))

struct RefreshRequest {
    std::optional<std::string> refresh_token;
    bool cookie = false;

    static constexpr std::array<std::string_view, 1> defaulted{"cookie"};
    static constexpr std::array fields{
        wire::Field{"refresh_token", 1, 256, "Absent when it is in the cookie."}};
};
BOOST_DESCRIBE_STRUCT(RefreshRequest, (), (refresh_token, cookie))

struct UpdateMeRequest {
    std::optional<std::string> display_name;
    std::optional<std::string> email;
    std::optional<std::string> current_password;

    static constexpr std::array fields{
        wire::Field{"display_name", 1, 64, ""},
        wire::Field{"email", 0, 254, "An empty text removes it.", "email"},
        wire::Field{"current_password", 1, 1024, "Required where the e-mail address changes."},
    };
};
BOOST_DESCRIBE_STRUCT(UpdateMeRequest, (), (display_name, email, current_password))

struct PasswordRequest {
    std::string current_password;
    std::string new_password;

    static constexpr std::array fields{
        wire::Field{"current_password", 1, 1024, ""},
        wire::Field{"new_password", 10, 128, ""},
    };
};
BOOST_DESCRIBE_STRUCT(PasswordRequest, (), (current_password, new_password))

struct SessionInfo {
    SessionId id;
    Time created_at;
    Time last_seen_at;
    std::string user_agent;
    bool current = false;
};
BOOST_DESCRIBE_STRUCT(SessionInfo, (), (id, created_at, last_seen_at, user_agent, current))

struct SessionRef {
    SessionId id;
};
BOOST_DESCRIBE_STRUCT(SessionRef, (), (id))

struct UserRef {
    UserId id;
};
BOOST_DESCRIBE_STRUCT(UserRef, (), (id))

struct FindUsersRequest {
    std::string query;
    std::int32_t limit = 50;
    std::optional<std::string> cursor;

    static constexpr std::array<std::string_view, 2> defaulted{"query", "limit"};
    static constexpr std::array fields{
        wire::Field{"query", 0, 64,
                    "Starts of words of a user name or display name; empty lists everyone."},
        wire::Field{"limit", 1, 200, ""},
        cursor_field,
    };
};
BOOST_DESCRIBE_STRUCT(FindUsersRequest, (), (query, limit, cursor))

enum class Registration { open, closed };
BOOST_DESCRIBE_ENUM(Registration, open, closed)

// What is told before anybody signs in.
struct ServerInfo {
    std::string name;
    Registration registration = Registration::open;
};
BOOST_DESCRIBE_STRUCT(ServerInfo, (), (name, registration))

struct RoleRequest {
    UserId id;
    Role role = Role::user;
};
BOOST_DESCRIBE_STRUCT(RoleRequest, (), (id, role))

class AuthApi {
  public:
    virtual ~AuthApi() = default;

    virtual Task<Reply<Session>> register_user(Caller caller, RegisterRequest request) = 0;
    virtual Task<Reply<Session>> login(Caller caller, LoginRequest request) = 0;
    virtual Task<Reply<Session>> refresh(Caller caller, RefreshRequest request) = 0;
    virtual Task<Reply<Empty>> logout(Caller caller, Empty request) = 0;
    virtual Task<Reply<Empty>> logout_all(Caller caller, Empty request) = 0;
    virtual Task<User> get_me(Caller caller, Empty request) = 0;
    virtual Task<User> update_me(Caller caller, UpdateMeRequest request) = 0;
    virtual Task<void> change_password(Caller caller, PasswordRequest request) = 0;
    virtual Task<Page<SessionInfo>> list_sessions(Caller caller, Empty request) = 0;
    virtual Task<void> delete_session(Caller caller, SessionRef request) = 0;
    virtual Task<PublicUser> get_user(Caller caller, UserRef request) = 0;
    virtual Task<Page<PublicUser>> find_users(Caller caller, FindUsersRequest request) = 0;
    virtual Task<wire::Value> get_jwks(Caller caller, Empty request) = 0;

    virtual Task<TokenAnswer> register_named(Caller caller, RegisterRequest request) = 0;
    virtual Task<TokenAnswer> login_named(Caller caller, NamedLoginRequest request) = 0;
    virtual Task<TokenAnswer> register_plain(Caller caller, RegisterRequest request) = 0;
    virtual Task<TokenAnswer> login_plain(Caller caller, NamedLoginRequest request) = 0;
    virtual Task<PublicUser> get_profile(Caller caller, UserRef request) = 0;

    virtual Task<User> set_role(Caller caller, RoleRequest request) = 0;
    virtual Task<wire::Value> rotate_keys(Caller caller, Empty request) = 0;
    virtual Task<UserList> list_users_by_id(Caller caller, UserIds request) = 0;
    virtual Task<RevocationList> list_revocations(Caller caller, Empty request) = 0;
    virtual Task<ServerInfo> get_server(Caller caller, Empty request) = 0;
    virtual Task<LeavingUsers> list_leaving_users(Caller caller, Empty request) = 0;
    // The person has left all conversations.
    virtual Task<void> note_user_left(Caller caller, UserRef request) = 0;
};

template <>
struct Table<AuthApi> {
    static constexpr std::string_view service = "auth";
    static constexpr std::tuple routes{
        Route<&AuthApi::register_user>{{.method = "POST",
                                        .path = "/api/auth/register",
                                        .summary = "Create an account and sign in",
                                        .access = Access::anyone,
                                        .status = 201,
                                        .limit = LimitClass::sign_in}},
        Route<&AuthApi::login>{{.method = "POST",
                                .path = "/api/auth/login",
                                .summary = "Sign in",
                                .access = Access::anyone,
                                .limit = LimitClass::sign_in}},
        Route<&AuthApi::refresh>{{.method = "POST",
                                  .path = "/api/auth/refresh",
                                  .summary = "Exchange a refresh token for a new session",
                                  .access = Access::anyone}},
        Route<&AuthApi::logout>{{.method = "POST",
                                 .path = "/api/auth/logout",
                                 .summary = "End this session",
                                 .status = 204}},
        Route<&AuthApi::logout_all>{{.method = "POST",
                                     .path = "/api/auth/logout-all",
                                     .summary = "End all my sessions",
                                     .status = 204}},
        Route<&AuthApi::get_me>{{.method = "GET", .path = "/api/auth/me", .summary = "Who I am"}},
        Route<&AuthApi::update_me>{
            {.method = "PATCH", .path = "/api/auth/me", .summary = "Change my name or e-mail"}},
        Route<&AuthApi::change_password>{{.method = "POST",
                                          .path = "/api/auth/password",
                                          .summary = "Change my password; other sessions end",
                                          .limit = LimitClass::sign_in,
                                          .takes_idempotency_key = true}},
        Route<&AuthApi::list_sessions>{
            {.method = "GET", .path = "/api/auth/sessions", .summary = "My sessions"}},
        Route<&AuthApi::delete_session>{
            {.method = "DELETE", .path = "/api/auth/sessions/{id}", .summary = "End a session"}},
        Route<&AuthApi::get_user>{
            {.method = "GET", .path = "/api/users/{id}", .summary = "A person"}},
        Route<&AuthApi::find_users>{
            {.method = "GET", .path = "/api/users", .summary = "Find people"}},
        Route<&AuthApi::get_jwks>{{.method = "GET",
                                   .path = "/.well-known/jwks.json",
                                   .summary = "The keys that sign access tokens",
                                   .access = Access::anyone}},
        Route<&AuthApi::register_named>{{.method = "POST",
                                         .path = "/user/register",
                                         .summary = "Create an account",
                                         .access = Access::anyone,
                                         .status = 201,
                                         .limit = LimitClass::sign_in}},
        Route<&AuthApi::login_named>{{.method = "POST",
                                      .path = "/user/login",
                                      .summary = "Sign in",
                                      .access = Access::anyone,
                                      .limit = LimitClass::sign_in}},
        Route<&AuthApi::register_plain>{{.method = "POST",
                                         .path = "/auth/register",
                                         .summary = "Create an account",
                                         .access = Access::anyone,
                                         .status = 201,
                                         .limit = LimitClass::sign_in}},
        Route<&AuthApi::login_plain>{{.method = "POST",
                                      .path = "/auth/login",
                                      .summary = "Sign in",
                                      .access = Access::anyone,
                                      .limit = LimitClass::sign_in}},
        Route<&AuthApi::get_profile>{
            {.method = "GET", .path = "/user/profile/{id}", .summary = "A person"}},
        Route<&AuthApi::set_role>{{.method = "PUT",
                                   .path = "/api/users/{id}/role",
                                   .summary = "Change a person's role",
                                   .access = Access::admin}},
        Route<&AuthApi::rotate_keys>{
            {.method = "POST",
             .path = "/api/auth/keys/rotate",
             .summary = "Sign with a new key; the old one stays valid until its tokens expire",
             .access = Access::admin,
             .takes_idempotency_key = true}},
        Route<&AuthApi::list_users_by_id>{{.method = "POST",
                                           .path = "/internal/users/by-id",
                                           .summary = "Several people at once",
                                           .access = Access::internal,
                                           .repeat = Repeat::safe}},
        Route<&AuthApi::list_revocations>{{.method = "GET",
                                           .path = "/internal/revocations",
                                           .summary = "Revocations that still matter",
                                           .access = Access::internal}},
        Route<&AuthApi::get_server>{{.method = "GET",
                                     .path = "/api/server",
                                     .summary = "What this server is called, and who may register",
                                     .access = Access::anyone}},
        Route<&AuthApi::list_leaving_users>{
            {.method = "GET",
             .path = "/internal/users/leaving",
             .summary = "Removed people who are still in conversations",
             .access = Access::internal}},
        Route<&AuthApi::note_user_left>{{.method = "POST",
                                         .path = "/internal/users/{id}/left",
                                         .summary = "A removed person left all conversations",
                                         .access = Access::internal,
                                         .repeat = Repeat::safe}},
    };
};

std::vector<Operation> auth_operations();

}  // namespace loquat::contracts
