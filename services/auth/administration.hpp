#pragma once
#include "contracts/auth/accounts.hpp"
#include "runtime/rights/audit_trail.hpp"
#include "services/auth/accounts.hpp"
#include "services/auth/leaving.hpp"
#include "services/auth/names_told.hpp"
#include "services/auth/sessions.hpp"

namespace loquat::auth {

// What administrators do with the accounts of others.  Everything is noted in the audit trail.
class Administration final : public contracts::AccountsApi {
  public:
    struct Parts {
        Accounts& accounts;
        Sessions& sessions;
        UserStore& users;
        Leaving& leaving;
        NamesTold& names;
        runtime::AuditTrail& audit;
    };

    explicit Administration(Parts parts) : parts_(parts) {}

    Task<contracts::AddedAccount> add_account(contracts::Caller caller,
                                              contracts::AddAccountRequest request) override;
    Task<contracts::Page<contracts::AccountInfo>> list_accounts(
        contracts::Caller caller, contracts::ListAccountsRequest request) override;
    Task<contracts::AccountInfo> get_account(contracts::Caller caller,
                                             contracts::UserRef request) override;
    Task<contracts::PasswordAnswer> reset_password(
        contracts::Caller caller, contracts::ResetPasswordRequest request) override;
    Task<contracts::AccountInfo> set_account_state(contracts::Caller caller,
                                                   contracts::AccountUseRequest request) override;
    Task<contracts::AccountInfo> set_account_role(contracts::Caller caller,
                                                  contracts::RoleRequest request) override;
    Task<contracts::Page<contracts::SessionInfo>> list_account_sessions(
        contracts::Caller caller, contracts::UserRef request) override;
    Task<void> end_account_sessions(contracts::Caller caller, contracts::UserRef request) override;
    Task<void> end_account_session(contracts::Caller caller,
                                   contracts::AccountSessionRef request) override;
    Task<contracts::RemovedAccount> remove_account(
        contracts::Caller caller, contracts::RemoveAccountRequest request) override;
    Task<contracts::UserIds> list_erased_accounts(contracts::Caller caller,
                                                  contracts::Empty request) override;

  private:
    void note(const contracts::Caller& caller, std::string_view action, UserId subject);
    // Ends what it has to; false when the account was in that state already.
    Task<bool> change_state(UserId id, contracts::AccountState state,
                            contracts::RemovedMessages messages = contracts::RemovedMessages::keep);

    Parts parts_;
};

// Also of PUT /api/users/{id}/role.  False when it was that role already.
struct RoleChange {
    UserId id;
    contracts::Role role;
};
Task<bool> change_role(Accounts& accounts, Sessions& sessions, RoleChange wanted);

contracts::Page<contracts::SessionInfo> to_page(const std::vector<Session>& sessions,
                                                const SessionId& current);

}  // namespace loquat::auth
