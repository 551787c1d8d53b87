#include "services/auth/auth.hpp"

#include "services/auth/administration.hpp"
#include "services/auth/cookies.hpp"

namespace loquat::auth {
namespace {

using contracts::Caller;
using contracts::Empty;
using contracts::Reply;

enum class Delivery { body, cookie };

Reply<contracts::Session> to_reply(Issued issued, const Caller& caller, Delivery delivery) {
    Reply<contracts::Session> reply;
    reply.headers.emplace_back("Cache-Control", "no-store");
    reply.body = {.access_token = std::move(issued.access_token),
                  .expires_in = issued.expires_in.count(),
                  .user = to_user(issued.account)};
    if (delivery == Delivery::cookie) {
        reply.headers.push_back(
            make_refresh_cookie(issued.refresh_token, issued.refresh_expires_in, caller.is_secure));
    } else {
        reply.body.refresh_token = std::move(issued.refresh_token);
    }
    return reply;
}

contracts::TokenAnswer to_token_answer(Issued issued) {
    return {.token = std::move(issued.access_token),
            .expires_in = issued.expires_in.count(),
            .refresh_token = std::move(issued.refresh_token),
            .user = to_user(issued.account)};
}

Reply<Empty> signed_out(const Caller& caller) {
    Reply<Empty> reply{.body = {}, .status = 204};
    if (!caller.refresh_cookie.empty()) {
        reply.headers.push_back(make_expired_cookie(caller.is_secure));
    }
    return reply;
}

std::string login_of(const contracts::NamedLoginRequest& request) {
    if (!request.username && !request.email) {
        throw invalid_field("username", "required", "is required unless email is given");
    }
    return request.username ? *request.username : *request.email;
}

}  // namespace

contracts::User to_user(const Account& account) {
    return {.id = account.id,
            .username = account.username,
            .display_name = account.display_name,
            .created_at = account.created_at,
            .email = account.email,
            .role = account.role,
            .name_shared = account.is_name_shared};
}

void Auth::note(const Caller& caller, std::string_view action, UserId subject) {
    parts_.audit.note(caller, {.action = action, .subject = subject.to_string()});
}

void Auth::note(const Caller& caller, std::string_view action, const Account& account) {
    parts_.audit.note(caller, {.action = action,
                               .subject = account.id.to_string(),
                               .actor = account.id,
                               .actor_name = account.username});
}

void Auth::note_refused(const Caller& caller, std::string_view action,
                        std::optional<UserId> subject, std::string code) {
    parts_.audit.note_repeated(caller, {.action = action,
                                        .subject = subject ? subject->to_string() : std::string{},
                                        .outcome = std::move(code)});
}

// A password that was asked for again and was wrong.
void Auth::note_guess(const Caller& caller, std::string_view action, const Failure& failure) {
    if (failure.kind == Kind::unauthenticated || failure.kind == Kind::limited) {
        note_refused(caller, action, caller.user, failure.code);
    }
}

Task<Issued> Auth::register_and_open(Caller caller, contracts::RegisterRequest request) {
    if (parts_.server.registration == contracts::Registration::closed) {
        throw Failure{Kind::forbidden, "auth.registration_closed",
                      "Accounts are made by an administrator here."};
    }
    NewAccount wanted{.username = std::move(request.username),
                      .password = std::move(request.password),
                      .email = std::move(request.email),
                      .display_name = std::move(request.display_name)};
    auto account = co_await parts_.accounts.add(std::move(wanted));
    note(caller, "auth.registered", account);
    auto issued = co_await parts_.sessions.open(std::move(account), caller);
    if (!issued) {
        throw invalid_credentials();
    }
    co_return *std::move(issued);
}

Task<Issued> Auth::sign_in(Caller caller, std::string login, std::string password) {
    std::optional<Accounts::Proven> proven;
    try {
        proven.emplace(
            co_await parts_.accounts.prove(std::move(login), std::move(password), caller.address));
    } catch (const RefusedSignIn& failure) {
        note_refused(caller, "auth.sign_in_failed", failure.account, failure.code);
        throw;
    } catch (const Failure& failure) {
        note_refused(caller, "auth.sign_in_failed", std::nullopt, failure.code);
        throw;
    }
    auto issued = co_await parts_.sessions.open(proven->account, caller);
    if (!issued) {
        co_await parts_.accounts.fail(std::move(proven->guess));
        throw invalid_credentials();
    }
    co_await parts_.accounts.succeed(std::move(proven->guess));
    parts_.metrics.sign_ins.add();
    note(caller, "auth.signed_in", issued->account);
    co_return *std::move(issued);
}

Task<Reply<contracts::Session>> Auth::register_user(Caller caller,
                                                    contracts::RegisterRequest request) {
    const Delivery delivery = request.cookie ? Delivery::cookie : Delivery::body;
    auto issued = co_await register_and_open(caller, std::move(request));
    auto reply = to_reply(std::move(issued), caller, delivery);
    reply.status = 201;
    co_return reply;
}

Task<Reply<contracts::Session>> Auth::login(Caller caller, contracts::LoginRequest request) {
    const Delivery delivery = request.cookie ? Delivery::cookie : Delivery::body;
    auto issued = co_await sign_in(caller, std::move(request.login), std::move(request.password));
    co_return to_reply(std::move(issued), caller, delivery);
}

Task<Reply<contracts::Session>> Auth::refresh(Caller caller, contracts::RefreshRequest request) {
    const bool by_cookie = !request.refresh_token && !caller.refresh_cookie.empty();
    if (by_cookie) {
        check_origin(caller, parts_.origins);
        request.refresh_token = caller.refresh_cookie;
    }
    if (!request.refresh_token) {
        throw Failure{Kind::unauthenticated, "auth.invalid_token",
                      "There is neither a refresh token nor its cookie. Sign in again."};
    }
    const Delivery delivery = by_cookie || request.cookie ? Delivery::cookie : Delivery::body;
    auto issued = co_await parts_.sessions.refresh(*std::move(request.refresh_token), caller);
    co_return to_reply(std::move(issued), caller, delivery);
}

Task<Reply<Empty>> Auth::logout(Caller caller, Empty) {
    const UserId user = caller.user_id();
    co_await parts_.sessions.end(user, caller.session, std::nullopt);
    note(caller, "auth.signed_out", user);
    co_return signed_out(caller);
}

Task<Reply<Empty>> Auth::logout_all(Caller caller, Empty) {
    const UserId user = caller.user_id();
    co_await parts_.sessions.end_all(user);
    note(caller, "auth.signed_out_everywhere", user);
    co_return signed_out(caller);
}

Task<contracts::User> Auth::get_me(Caller caller, Empty) {
    const Account account = co_await parts_.accounts.get(caller.user_id());
    co_return to_user(account);
}

Task<contracts::User> Auth::update_me(Caller caller, contracts::UpdateMeRequest request) {
    const UserId user = caller.user_id();
    Accounts::ProfileWish wanted{.id = user,
                                 .display_name = std::move(request.display_name),
                                 .email = std::move(request.email),
                                 .current_password = std::move(request.current_password),
                                 .address = caller.address};
    std::optional<Account> changed;
    try {
        changed = co_await parts_.accounts.change_profile(std::move(wanted));
    } catch (const Failure& failure) {
        note_guess(caller, "auth.profile_change_failed", failure);
        throw;
    }
    const Account& account = *changed;
    note(caller, "auth.profile_changed", account.id);
    co_return to_user(account);
}

Task<void> Auth::change_password(Caller caller, contracts::PasswordRequest request) {
    const UserId user = caller.user_id();
    Accounts::NewPassword wanted{.current = std::move(request.current_password),
                                 .next = std::move(request.new_password),
                                 .address = caller.address,
                                 .ending = parts_.sessions.all_but(user, caller.session),
                                 .request_key = caller.idempotency_key};
    std::vector<contracts::Revocation> ended;
    try {
        ended = co_await parts_.accounts.change_password(std::move(wanted));
    } catch (const Failure& failure) {
        note_guess(caller, "auth.password_change_failed", failure);
        throw;
    }
    parts_.sessions.announce(ended);
    note(caller, "auth.password_changed", user);
}

Task<contracts::Page<contracts::SessionInfo>> Auth::list_sessions(Caller caller, Empty) {
    const auto sessions = co_await parts_.sessions.list(caller.user_id());
    co_return to_page(sessions, caller.session);
}

Task<void> Auth::delete_session(Caller caller, contracts::SessionRef request) {
    const UserId user = caller.user_id();
    const std::size_t ended = co_await parts_.sessions.end(user, request.id, std::nullopt);
    if (ended == 0) {
        throw session_not_found();
    }
    parts_.audit.note(caller, {.action = "auth.session_ended", .subject = request.id.to_string()});
}

Task<contracts::PublicUser> Auth::get_user(Caller caller, contracts::UserRef request) {
    caller.user_id();
    const Account account = co_await parts_.accounts.get(request.id);
    co_return to_public_user(account);
}

Task<contracts::Page<contracts::PublicUser>> Auth::find_users(Caller caller,
                                                              contracts::FindUsersRequest request) {
    caller.user_id();
    Accounts::SearchWish wanted{.query = std::move(request.query),
                                .cursor = std::move(request.cursor),
                                .limit = static_cast<std::size_t>(request.limit)};
    const AccountPage found = co_await parts_.accounts.search(std::move(wanted));
    contracts::Page<contracts::PublicUser> page{.items = {}, .next_cursor = found.next_cursor};
    for (const Account& account : found.items) {
        page.items.push_back(to_public_user(account));
    }
    co_return page;
}

Task<wire::Value> Auth::get_jwks(Caller, Empty) {
    const net::jose::KeySet keys = co_await parts_.keys.published_by_all();
    co_return wire::parse(keys.to_jwks());
}

Task<contracts::TokenAnswer> Auth::register_named(Caller caller,
                                                  contracts::RegisterRequest request) {
    auto issued = co_await register_and_open(std::move(caller), std::move(request));
    co_return to_token_answer(std::move(issued));
}

Task<contracts::TokenAnswer> Auth::login_named(Caller caller,
                                               contracts::NamedLoginRequest request) {
    std::string login = login_of(request);
    auto issued =
        co_await sign_in(std::move(caller), std::move(login), std::move(request.password));
    co_return to_token_answer(std::move(issued));
}

Task<contracts::TokenAnswer> Auth::register_plain(Caller caller,
                                                  contracts::RegisterRequest request) {
    return register_named(std::move(caller), std::move(request));
}

Task<contracts::TokenAnswer> Auth::login_plain(Caller caller,
                                               contracts::NamedLoginRequest request) {
    return login_named(std::move(caller), std::move(request));
}

Task<contracts::PublicUser> Auth::get_profile(Caller caller, contracts::UserRef request) {
    return get_user(std::move(caller), request);
}

Task<contracts::User> Auth::set_role(Caller caller, contracts::RoleRequest request) {
    caller.require_admin();
    const RoleChange change{request.id, request.role};
    const bool is_changed = co_await change_role(parts_.accounts, parts_.sessions, change);
    if (is_changed) {
        note(caller, "auth.role_changed", request.id);
    }
    const Account account = co_await parts_.accounts.get(request.id);
    co_return to_user(account);
}

Task<wire::Value> Auth::rotate_keys(Caller caller, Empty) {
    caller.require_admin();
    const auto request =
        parts_.accounts.to_keyed(caller.user_id(), "rotate_keys", caller.idempotency_key);
    bool was_done = false;
    if (request) {
        was_done = co_await parts_.accounts.was_done(*request);
    }
    if (!was_done) {
        co_await parts_.keys.rotate();
        parts_.audit.note(caller, {.action = "auth.keys_rotated"});
        if (request) {
            co_await parts_.accounts.note_done(*request);
        }
    }
    const net::jose::KeySet keys = co_await parts_.keys.published_by_all();
    co_return wire::parse(keys.to_jwks());
}

Task<contracts::UserList> Auth::list_users_by_id(Caller, contracts::UserIds request) {
    const auto accounts = co_await parts_.accounts.list_by_id(std::move(request.ids));
    contracts::UserList list;
    for (const Account& account : accounts) {
        list.items.push_back(to_public_user(account));
    }
    co_return list;
}

Task<contracts::RevocationList> Auth::list_revocations(Caller, Empty) {
    contracts::RevocationList list;
    list.items = co_await parts_.sessions.list_revocations();
    co_return list;
}

Task<contracts::ServerInfo> Auth::get_server(Caller, Empty) { co_return parts_.server; }

Task<contracts::LeavingUsers> Auth::list_leaving_users(Caller, Empty) {
    contracts::LeavingUsers leaving;
    for (const UserStore::Leaver& leaver : co_await parts_.leaving.list()) {
        leaving.ids.push_back(leaver.user);
    }
    co_return leaving;
}

Task<void> Auth::note_user_left(Caller, contracts::UserRef request) {
    return parts_.leaving.note_left(request.id);
}

Task<void> Auth::maintain() {
    co_await parts_.sessions.clean_up();
    co_await parts_.keys.maintain();
}

}  // namespace loquat::auth
