#include <fmt/format.h>
#include "apps/loquat/commands.hpp"
#include "apps/loquat/local_platform.hpp"
#include "apps/loquat/password_input.hpp"
#include "base/text.hpp"

namespace loquat::app {
namespace {

using contracts::AccountInfo;
using contracts::AccountsApi;
using Clients = LocalPlatform::Clients;

struct AddOptions {
    CommonOptions common;
    std::string username;
    std::string email;
    std::string display_name;
    bool is_admin = false;
    bool reads_password = false;
};

// What is done to one account that is there.
struct OneOptions {
    CommonOptions common;
    std::string username;
    std::string role;
    std::string messages = "keep";
    std::string session;
    bool ends_all = false;
    bool reads_password = false;
    bool is_confirmed = false;
};
using One = std::shared_ptr<OneOptions>;

void print(const AccountInfo& user) {
    const bool is_active = user.state == contracts::AccountState::active;
    fmt::print("{}  {}  {:32}  {:5}  {}{}\n", user.id.to_string(), to_rfc3339(user.created_at),
               user.username, wire::enum_name(user.role),
               is_active ? "" : fmt::format("[{}] ", wire::enum_name(user.state)),
               user.display_name);
}

void add_one(const AddOptions& options) {
    contracts::AddAccountRequest request{.username = options.username};
    if (options.reads_password) {
        request.password = read_password();
    }
    if (!options.email.empty()) {
        request.email = options.email;
    }
    if (!options.display_name.empty()) {
        request.display_name = options.display_name;
    }
    request.role = options.is_admin ? contracts::Role::admin : contracts::Role::user;
    LocalPlatform platform{options.common};
    contracts::AddedAccount added;
    auto work = [&](Clients& clients) -> Task<void> {
        added = co_await clients.accounts.call<&AccountsApi::add_account>(administrator(), request);
    };
    platform.run(work);
    fmt::print("{}  {}  {}\n", added.user.id.to_string(), added.user.username,
               wire::enum_name(added.user.role));
    if (added.password) {
        fmt::print("password: {}\n", *added.password);
    }
}

void list_all(const CommonOptions& options, const std::string& query) {
    LocalPlatform platform{options};
    auto work = [&](Clients& clients) -> Task<void> {
        contracts::ListAccountsRequest request{.query = query, .limit = 200};
        std::size_t count = 0;
        do {
            auto page = co_await clients.accounts.call<&AccountsApi::list_accounts>(administrator(),
                                                                                    request);
            for (const AccountInfo& user : page.items) {
                print(user);
            }
            count += page.items.size();
            request.cursor = page.next_cursor;
        } while (request.cursor);
        fmt::print(stderr, "{} {}\n", count, count == 1 ? "user" : "users");
    };
    platform.run(work);
}

// By user name, in any case, or by id.
Task<AccountInfo> get_account(Clients& clients, std::string name) {
    if (const auto id = UserId::parse(name)) {
        contracts::UserRef request{*id};
        co_return co_await clients.accounts.call<&AccountsApi::get_account>(administrator(),
                                                                            request);
    }
    contracts::ListAccountsRequest request{.query = name, .limit = 200};
    do {
        auto page =
            co_await clients.accounts.call<&AccountsApi::list_accounts>(administrator(), request);
        for (AccountInfo& user : page.items) {
            if (equal_ignoring_case(user.username, name)) {
                co_return std::move(user);
            }
        }
        request.cursor = page.next_cursor;
    } while (request.cursor);
    throw Failure{Kind::not_found, "auth.user_not_found",
                  "There is no user \"" + name + "\"; `loquat user list` shows all."};
}

// Finds the account, then does `what` to it.
void with_account(const OneOptions& options,
                  std::move_only_function<Task<void>(Clients& clients, AccountInfo user)> what) {
    LocalPlatform platform{options.common};
    auto work = [&](Clients& clients) -> Task<void> {
        AccountInfo user = co_await get_account(clients, options.username);
        co_await what(clients, std::move(user));
    };
    platform.run(work);
}

void reset_password(const OneOptions& options) {
    std::optional<std::string> password;
    if (options.reads_password) {
        password = read_password();
    }
    auto reset = [password](Clients& clients, AccountInfo user) -> Task<void> {
        contracts::ResetPasswordRequest request{.id = user.id, .password = password};
        const auto answer =
            co_await clients.accounts.call<&AccountsApi::reset_password>(administrator(), request);
        fmt::print("{} has a new password; all sessions have ended\n", user.username);
        if (answer.password) {
            fmt::print("password: {}\n", *answer.password);
        }
    };
    with_account(options, reset);
}

void set_state(const OneOptions& options, contracts::AccountUse state) {
    auto set = [state](Clients& clients, AccountInfo user) -> Task<void> {
        contracts::AccountUseRequest request{.id = user.id, .state = state};
        const auto changed = co_await clients.accounts.call<&AccountsApi::set_account_state>(
            administrator(), request);
        print(changed);
    };
    with_account(options, set);
}

void set_role(const OneOptions& options) {
    auto set = [role = options.role == "admin" ? contracts::Role::admin : contracts::Role::user](
                   Clients& clients, AccountInfo user) -> Task<void> {
        contracts::RoleRequest request{.id = user.id, .role = role};
        const auto changed = co_await clients.accounts.call<&AccountsApi::set_account_role>(
            administrator(), request);
        print(changed);
    };
    with_account(options, set);
}

Task<void> print_sessions(Clients& clients, UserId user) {
    contracts::UserRef request{user};
    const auto page = co_await clients.accounts.call<&AccountsApi::list_account_sessions>(
        administrator(), request);
    for (const contracts::SessionInfo& session : page.items) {
        fmt::print("{}  since {}  last seen {}  {}\n", session.id.to_string(),
                   to_rfc3339(session.created_at), to_rfc3339(session.last_seen_at),
                   session.user_agent);
    }
    fmt::print(stderr, "{} {}\n", page.items.size(),
               page.items.size() == 1 ? "session" : "sessions");
}

void do_sessions(const OneOptions& options) {
    const auto session = SessionId::parse(options.session);
    if (!options.session.empty() && !session) {
        refuse_option("--end", "is not the id of a session");
    }
    auto act = [session, ends_all = options.ends_all](Clients& clients,
                                                      AccountInfo user) -> Task<void> {
        if (session) {
            contracts::AccountSessionRef request{.id = user.id, .session_id = *session};
            co_await clients.accounts.call<&AccountsApi::end_account_session>(administrator(),
                                                                              request);
        }
        if (ends_all) {
            contracts::UserRef request{user.id};
            co_await clients.accounts.call<&AccountsApi::end_account_sessions>(administrator(),
                                                                               request);
        }
        co_await print_sessions(clients, user.id);
    };
    with_account(options, act);
}

void remove_one(const OneOptions& options) {
    if (!options.is_confirmed) {
        refuse_option("--yes", "is needed: this cannot be undone. `loquat user disable` can.");
    }
    const auto messages = options.messages == "erase" ? contracts::RemovedMessages::erase
                                                      : contracts::RemovedMessages::keep;
    auto remove = [messages](Clients& clients, AccountInfo user) -> Task<void> {
        contracts::RemoveAccountRequest request{user.id, messages};
        const auto removed =
            co_await clients.accounts.call<&AccountsApi::remove_account>(administrator(), request);
        fmt::print(
            "{} is removed: sessions ended, names, address and password deleted.\n"
            "{}; rooms passed to their longest-serving admin or member.\n",
            user.username,
            messages == contracts::RemovedMessages::erase
                ? "Messages are erased"
                : "Messages stay under \"Removed account\"");
        if (!removed.left_conversations) {
            fmt::print("That goes on in the background, while the platform runs.\n");
        }
    };
    with_account(options, remove);
}

// What a subcommand about one account says of itself.
struct Words {
    const char* name;
    const char* what;
    const char* example;
};

Command add_command(Command parent, const Words& words, const One& options,
                    std::function<void(const OneOptions&)> run) {
    const Command command = parent.add(words.name, words.what);
    command.footer(std::string{"example:\n  loquat user "} + words.example);
    options->common.add_to(command);
    command.option("username", options->username, "user name, or id").takes("NAME").required();
    command.on_run([options, run = std::move(run)] { run(*options); });
    return command;
}

void add_changes(Command command) {
    const auto fresh = [] { return std::make_shared<OneOptions>(); };
    One options = fresh();
    add_command(command,
                {"passwd", "give somebody a new password; their sessions end", "passwd ana"},
                options, &reset_password)
        .flag("--password-stdin", options->reads_password,
              "read it from standard input; else one is made and printed");
    add_command(
        command,
        {"disable", "nobody can use the account any more; nothing is deleted", "disable ana"},
        fresh(), [](const OneOptions& one) { set_state(one, contracts::AccountUse::disabled); });
    add_command(command, {"enable", "a disabled account can be used again", "enable ana"}, fresh(),
                [](const OneOptions& one) { set_state(one, contracts::AccountUse::active); });
    options = fresh();
    add_command(command,
                {"role", "make somebody an administrator, or a user again", "role ana admin"},
                options, &set_role)
        .option("role", options->role, "the new role")
        .takes("ROLE")
        .required()
        .one_of({"admin", "user"});
    options = fresh();
    const Command sessions =
        add_command(command, {"sessions", "where somebody is signed in", "sessions ana --end-all"},
                    options, &do_sessions);
    sessions.option("--end", options->session, "end this one; the list shows ids").takes("ID");
    sessions.flag("--end-all", options->ends_all, "end all of them");
    options = fresh();
    const Command remove =
        add_command(command,
                    {"remove",
                     "remove an account for good. Messages stay, under \"Removed account\", or are "
                     "erased; rooms they own pass to the longest-serving admin, else member; what "
                     "nobody else is in is deleted",
                     "remove ana --yes"},
                    options, &remove_one);
    remove.flag("--yes", options->is_confirmed, "needed: this cannot be undone");
    remove
        .option("--messages", options->messages,
                "what becomes of what they wrote; erase deletes all of it")
        .takes("WHAT")
        .one_of({"keep", "erase"});
}

}  // namespace

void add_user(Command program, int&) {
    const Command command = program.add("user", "accounts: add, list, change and remove them");
    command.needs_a_command();
    auto add_options = std::make_shared<AddOptions>();
    const Command add =
        command.add("add", "create an account; prints a password unless one is given");
    add_options->common.add_to(add);
    add.option("username", add_options->username,
               "3 to 32 of a-z 0-9 _ . -; also one that is reserved")
        .takes("NAME")
        .required();
    add.option("--email", add_options->email, "e-mail address").takes("ADDRESS");
    add.option("--name", add_options->display_name, "how others see them (default: the user name)")
        .takes("NAME");
    add.flag("--admin", add_options->is_admin, "make them an administrator");
    add.flag("--password-stdin", add_options->reads_password,
             "read the password from standard input; else one is made and printed");
    add.footer(
        "examples:\n"
        "  loquat user add ana --name \"Ana Lopez\" --admin\n"
        "  echo \"$PASSWORD\" | loquat user add bot --password-stdin");
    add.on_run([add_options] { add_one(*add_options); });

    auto list_options = std::make_shared<CommonOptions>();
    auto query = std::make_shared<std::string>();
    const Command list = command.add("list", "everyone, or those whose name matches");
    list_options->add_to(list);
    list.option("query", *query, "starts of words of a user name or display name").takes("WORDS");
    list.footer("example:\n  loquat user list an");
    list.on_run([list_options, query] { list_all(*list_options, *query); });
    add_changes(command);
    command.footer(
        "Works beside a running platform and without one.\n"
        "examples:\n"
        "  loquat user add ana --name \"Ana Lopez\" --admin\n"
        "  echo \"$PASSWORD\" | loquat user add bot --password-stdin\n"
        "  loquat user list an\n"
        "  loquat user passwd ana\n"
        "  loquat user sessions ana --end-all");
}

}  // namespace loquat::app
