#pragma once
#include "runtime/rights/audit_trail.hpp"
#include "services/auth/accounts.hpp"
#include "services/auth/leaving.hpp"
#include "services/auth/sessions.hpp"

namespace loquat::auth {

// The use cases of the contract: accounts, sessions and keys put together.
class Auth final : public contracts::AuthApi {
  public:
    struct Parts {
        Accounts& accounts;
        Sessions& sessions;
        Keys& keys;
        AuthMetrics& metrics;
        runtime::AuditTrail& audit;
        Leaving& leaving;
        contracts::ServerInfo server;
        std::vector<std::string> origins;  // beside the host itself, for refreshing by cookie
    };

    explicit Auth(Parts parts) : parts_(std::move(parts)) {}
    void set_server(contracts::ServerInfo server) { parts_.server = std::move(server); }

    Task<contracts::Reply<contracts::Session>> register_user(
        contracts::Caller caller, contracts::RegisterRequest request) override;
    Task<contracts::Reply<contracts::Session>> login(contracts::Caller caller,
                                                     contracts::LoginRequest request) override;
    Task<contracts::Reply<contracts::Session>> refresh(contracts::Caller caller,
                                                       contracts::RefreshRequest request) override;
    Task<contracts::Reply<contracts::Empty>> logout(contracts::Caller caller,
                                                    contracts::Empty request) override;
    Task<contracts::Reply<contracts::Empty>> logout_all(contracts::Caller caller,
                                                        contracts::Empty request) override;
    Task<contracts::User> get_me(contracts::Caller caller, contracts::Empty request) override;
    Task<contracts::User> update_me(contracts::Caller caller,
                                    contracts::UpdateMeRequest request) override;
    Task<void> change_password(contracts::Caller caller,
                               contracts::PasswordRequest request) override;
    Task<contracts::Page<contracts::SessionInfo>> list_sessions(contracts::Caller caller,
                                                                contracts::Empty request) override;
    Task<void> delete_session(contracts::Caller caller, contracts::SessionRef request) override;
    Task<contracts::PublicUser> get_user(contracts::Caller caller,
                                         contracts::UserRef request) override;
    Task<contracts::Page<contracts::PublicUser>> find_users(
        contracts::Caller caller, contracts::FindUsersRequest request) override;
    Task<wire::Value> get_jwks(contracts::Caller caller, contracts::Empty request) override;

    Task<contracts::TokenAnswer> register_named(contracts::Caller caller,
                                                contracts::RegisterRequest request) override;
    Task<contracts::TokenAnswer> login_named(contracts::Caller caller,
                                             contracts::NamedLoginRequest request) override;
    Task<contracts::TokenAnswer> register_plain(contracts::Caller caller,
                                                contracts::RegisterRequest request) override;
    Task<contracts::TokenAnswer> login_plain(contracts::Caller caller,
                                             contracts::NamedLoginRequest request) override;
    Task<contracts::PublicUser> get_profile(contracts::Caller caller,
                                            contracts::UserRef request) override;

    Task<contracts::User> set_role(contracts::Caller caller,
                                   contracts::RoleRequest request) override;
    Task<wire::Value> rotate_keys(contracts::Caller caller, contracts::Empty request) override;
    Task<contracts::UserList> list_users_by_id(contracts::Caller caller,
                                               contracts::UserIds request) override;
    Task<contracts::RevocationList> list_revocations(contracts::Caller caller,
                                                     contracts::Empty request) override;

    Task<contracts::ServerInfo> get_server(contracts::Caller caller,
                                           contracts::Empty request) override;
    Task<contracts::LeavingUsers> list_leaving_users(contracts::Caller caller,
                                                     contracts::Empty request) override;
    Task<void> note_user_left(contracts::Caller caller, contracts::UserRef request) override;

    // Deletes what is over and replaces keys that are too old; about once a minute.
    Task<void> maintain();

  private:
    Task<Issued> register_and_open(contracts::Caller caller, contracts::RegisterRequest request);
    Task<Issued> sign_in(contracts::Caller caller, std::string login, std::string password);

    // Whom it concerns; the caller did it.
    void note(const contracts::Caller& caller, std::string_view action, UserId subject);
    // The account did it, to itself: the caller is not signed in yet.
    void note(const contracts::Caller& caller, std::string_view action, const Account& account);
    void note_refused(const contracts::Caller& caller, std::string_view action,
                      std::optional<UserId> subject, std::string code);
    void note_guess(const contracts::Caller& caller, std::string_view action,
                    const Failure& failure);

    Parts parts_;
};

contracts::User to_user(const Account& account);

}  // namespace loquat::auth
