#pragma once
#include "contracts/auth/auth.hpp"

// Accounts as administrators see and change them.  Failures: auth.admin_only, auth.user_not_found,
// auth.session_not_found, auth.last_admin, auth.username_taken, auth.email_taken,
// auth.weak_password.
namespace loquat::contracts {

struct AccountInfo {
    UserId id;
    std::string username;
    std::string display_name;
    Time created_at;
    std::optional<std::string> email;
    Role role = Role::user;
    AccountState state = AccountState::active;

    static constexpr std::array<std::string_view, 1> nulls{"email"};
};
BOOST_DESCRIBE_STRUCT(AccountInfo, (), (id, username, display_name, created_at, email, role, state))

struct AddAccountRequest {
    std::string username;
    std::optional<std::string> password;
    std::optional<std::string> email;
    std::optional<std::string> display_name;
    Role role = Role::user;

    static constexpr std::array<std::string_view, 1> defaulted{"role"};
    static constexpr std::array fields{
        wire::Field{"username", 3, 32,
                    "a-z, 0-9, _ . and -; also a reserved name, or that of a removed account."},
        wire::Field{"password", 10, 128, "One is made and given once when absent."},
        wire::Field{"email", 0, 254, "Optional.", "email"},
        wire::Field{"display_name", 0, 64, "Optional; the user name when absent."},
    };
};
BOOST_DESCRIBE_STRUCT(AddAccountRequest, (), (username, password, email, display_name, role))

struct AddedAccount {
    AccountInfo user;
    std::optional<std::string> password;  // only when it was made here
};
BOOST_DESCRIBE_STRUCT(AddedAccount, (), (user, password))

struct ListAccountsRequest {
    std::string query;
    std::int32_t limit = 50;
    std::optional<std::string> cursor;

    static constexpr std::array<std::string_view, 2> defaulted{"query", "limit"};
    static constexpr std::array fields{
        wire::Field{"query", 0, 64,
                    "Starts of words of a user name or display name; empty lists everyone, also "
                    "who was removed."},
        wire::Field{"limit", 1, 200, ""},
        cursor_field,
    };
};
BOOST_DESCRIBE_STRUCT(ListAccountsRequest, (), (query, limit, cursor))

struct ResetPasswordRequest {
    UserId id;
    std::optional<std::string> password;

    static constexpr std::array fields{
        wire::Field{"password", 10, 128, "One is made and given once when absent."}};
};
BOOST_DESCRIBE_STRUCT(ResetPasswordRequest, (), (id, password))

struct PasswordAnswer {
    std::optional<std::string> password;  // only when it was made here
};
BOOST_DESCRIBE_STRUCT(PasswordAnswer, (), (password))

// An account is removed by DELETE alone.
enum class AccountUse { active, disabled };
BOOST_DESCRIBE_ENUM(AccountUse, active, disabled)

struct AccountUseRequest {
    UserId id;
    AccountUse state = AccountUse::active;
};
BOOST_DESCRIBE_STRUCT(AccountUseRequest, (), (id, state))

struct AccountSessionRef {
    UserId id;
    SessionId session_id;
};
BOOST_DESCRIBE_STRUCT(AccountSessionRef, (), (id, session_id))

struct RemoveAccountRequest {
    UserId id;
    RemovedMessages messages = RemovedMessages::keep;

    static constexpr std::array<std::string_view, 1> defaulted{"messages"};
    static constexpr std::array fields{wire::Field{
        .name = "messages",
        .doc = "keep: they stay, under \"Removed account\".  erase: all that the person "
               "wrote is deleted, and what assistants answered where nobody else is."}};
};
BOOST_DESCRIBE_STRUCT(RemoveAccountRequest, (), (id, messages))

struct RemovedAccount {
    // False: it goes on in the background, after a restart too.
    bool left_conversations = true;
    // All of them; false: they are kept, or it goes on in the background.
    bool erased_messages = false;

    static constexpr std::array<std::string_view, 1> defaulted{"erased_messages"};
};
BOOST_DESCRIBE_STRUCT(RemovedAccount, (), (left_conversations, erased_messages))

class AccountsApi {
  public:
    virtual ~AccountsApi() = default;

    virtual Task<AddedAccount> add_account(Caller caller, AddAccountRequest request) = 0;
    virtual Task<Page<AccountInfo>> list_accounts(Caller caller, ListAccountsRequest request) = 0;
    virtual Task<AccountInfo> get_account(Caller caller, UserRef request) = 0;
    // Whoever was signed in with the old one is not any more.
    virtual Task<PasswordAnswer> reset_password(Caller caller, ResetPasswordRequest request) = 0;
    // A disabled account keeps everything and cannot be used: its sessions end at once.
    virtual Task<AccountInfo> set_account_state(Caller caller, AccountUseRequest request) = 0;
    virtual Task<AccountInfo> set_account_role(Caller caller, RoleRequest request) = 0;
    virtual Task<Page<SessionInfo>> list_account_sessions(Caller caller, UserRef request) = 0;
    virtual Task<void> end_account_sessions(Caller caller, UserRef request) = 0;
    virtual Task<void> end_account_session(Caller caller, AccountSessionRef request) = 0;
    // For good.  Messages stay, under "Removed account", or are erased as if the person had deleted
    // each: a job that outlives restarts and ends with `chat.messages_erased` in the audit.  The
    // person leaves every conversation, what they owned passes to the longest-serving admin of it,
    // else member, and what nobody else is in is deleted.  Nobody can register the user name again.
    virtual Task<RemovedAccount> remove_account(Caller caller, RemoveAccountRequest request) = 0;
    // Removed people who are still leaving (AuthApi) and whose messages go too.
    virtual Task<UserIds> list_erased_accounts(Caller caller, Empty request) = 0;
};

template <>
struct Table<AccountsApi> {
    static constexpr std::string_view service = "auth";
    static constexpr std::tuple routes{
        Route<&AccountsApi::add_account>{{.method = "POST",
                                          .path = "/api/admin/users",
                                          .summary = "Create an account for somebody",
                                          .access = Access::admin,
                                          .status = 201}},
        Route<&AccountsApi::list_accounts>{{.method = "GET",
                                            .path = "/api/admin/users",
                                            .summary = "Accounts, also those that are disabled",
                                            .access = Access::admin}},
        Route<&AccountsApi::get_account>{{.method = "GET",
                                          .path = "/api/admin/users/{id}",
                                          .summary = "An account",
                                          .access = Access::admin}},
        Route<&AccountsApi::reset_password>{
            {.method = "PUT",
             .path = "/api/admin/users/{id}/password",
             .summary = "Give somebody a new password; their sessions end",
             .access = Access::admin}},
        Route<&AccountsApi::set_account_state>{
            {.method = "PUT",
             .path = "/api/admin/users/{id}/state",
             .summary = "Disable an account, or enable it again; its sessions end",
             .access = Access::admin}},
        Route<&AccountsApi::set_account_role>{{.method = "PUT",
                                               .path = "/api/admin/users/{id}/role",
                                               .summary = "Change an account's role",
                                               .access = Access::admin}},
        Route<&AccountsApi::list_account_sessions>{{.method = "GET",
                                                    .path = "/api/admin/users/{id}/sessions",
                                                    .summary = "Somebody's sessions",
                                                    .access = Access::admin}},
        Route<&AccountsApi::end_account_sessions>{{.method = "DELETE",
                                                   .path = "/api/admin/users/{id}/sessions",
                                                   .summary = "End all of somebody's sessions",
                                                   .access = Access::admin}},
        Route<&AccountsApi::end_account_session>{
            {.method = "DELETE",
             .path = "/api/admin/users/{id}/sessions/{session_id}",
             .summary = "End one of somebody's sessions",
             .access = Access::admin}},
        Route<&AccountsApi::remove_account>{
            {.method = "DELETE",
             .path = "/api/admin/users/{id}",
             .summary = "Remove an account for good; its messages stay without a name, or go",
             .access = Access::admin}},
        Route<&AccountsApi::list_erased_accounts>{
            {.method = "GET",
             .path = "/internal/users/erased",
             .summary = "Removed people whose messages have to be erased",
             .access = Access::internal}},
    };
};

std::vector<Operation> accounts_operations();

}  // namespace loquat::contracts
