#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <iostream>

#include "apps/loquat/commands.hpp"
#include "apps/loquat/local_platform.hpp"
#include "base/bytes.hpp"

namespace loquat::app {
namespace {

struct AddOptions {
    CommonOptions common;
    std::string username;
    std::string email;
    std::string display_name;
    bool is_admin = false;
    bool reads_password = false;
};

// A line from standard input; not shown when a person types it.
std::string read_password() {
    termios before{};
    const bool is_terminal = ::isatty(STDIN_FILENO) == 1 && ::tcgetattr(STDIN_FILENO, &before) == 0;
    if (is_terminal) {
        termios hidden = before;
        hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
        fmt::print(stderr, "Password: ");
    }
    std::string line;
    std::getline(std::cin, line);
    if (is_terminal) {
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        fmt::print(stderr, "\n");
    }
    return line;
}

std::string make_password() {
    std::array<std::uint8_t, 15> bytes{};
    random_bytes(bytes.data(), bytes.size());
    return to_base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

contracts::Caller administrator() {
    contracts::Caller caller;
    caller.user = UserId{};
    caller.role = contracts::Role::admin;
    caller.username = "loquat";
    caller.address = "127.0.0.1";
    return caller;
}

void add_one(const AddOptions& options) {
    const std::string password = options.reads_password ? read_password() : make_password();
    LocalPlatform platform{options.common};
    auto work = [&](LocalPlatform::Clients& clients) -> Task<void> {
        contracts::RegisterRequest request{.username = options.username, .password = password};
        if (!options.email.empty()) {
            request.email = options.email;
        }
        if (!options.display_name.empty()) {
            request.display_name = options.display_name;
        }
        contracts::Caller nobody;
        nobody.address = "127.0.0.1";
        auto session =
            co_await clients.auth.call<&contracts::AuthApi::register_user>(nobody, request);
        contracts::User user = session.body.user;
        if (options.is_admin && user.role != contracts::Role::admin) {
            contracts::RoleRequest role{.id = user.id, .role = contracts::Role::admin};
            user = co_await clients.auth.call<&contracts::AuthApi::set_role>(administrator(), role);
        }
        fmt::print("{}  {}  {}\n", user.id.to_string(), user.username, wire::enum_name(user.role));
    };
    platform.run(work);
    if (!options.reads_password) {
        fmt::print("password: {}\n", password);
    }
}

void list_all(const CommonOptions& options, const std::string& query) {
    LocalPlatform platform{options};
    auto work = [&](LocalPlatform::Clients& clients) -> Task<void> {
        contracts::FindUsersRequest request{.query = query, .limit = 200};
        std::size_t count = 0;
        do {
            auto page = co_await clients.auth.call<&contracts::AuthApi::find_users>(administrator(),
                                                                                    request);
            for (const contracts::PublicUser& user : page.items) {
                fmt::print("{}  {}  {:32}  {}\n", user.id.to_string(), to_rfc3339(user.created_at),
                           user.username, user.display_name);
            }
            count += page.items.size();
            request.cursor = page.next_cursor;
        } while (request.cursor);
        fmt::print(stderr, "{} {}\n", count, count == 1 ? "user" : "users");
    };
    platform.run(work);
}

}  // namespace

void add_user(CLI::App& app, int&) {
    auto* command = app.add_subcommand("user", "add or list people");
    command->require_subcommand(1);
    auto add_options = std::make_shared<AddOptions>();
    auto* add =
        command->add_subcommand("add", "create an account; prints a password unless one is given");
    add_options->common.add_to(*add);
    add->add_option("username", add_options->username, "3 to 32 of a-z 0-9 _ . -")->required();
    add->add_option("--email", add_options->email, "e-mail address");
    add->add_option("--name", add_options->display_name, "how others see them");
    add->add_flag("--admin", add_options->is_admin, "make them an administrator");
    add->add_flag("--password-stdin", add_options->reads_password,
                  "read the password from standard input");
    add->callback([add_options] { add_one(*add_options); });

    auto list_options = std::make_shared<CommonOptions>();
    auto query = std::make_shared<std::string>();
    auto* list = command->add_subcommand("list", "everyone, or those whose name matches");
    list_options->add_to(*list);
    list->add_option("query", *query, "start of a user name or part of a display name");
    list->callback([list_options, query] { list_all(*list_options, *query); });
    command->footer(
        "Works beside a running platform and without one.\n"
        "examples:\n"
        "  loquat user add ana --name \"Ana Lopez\" --admin\n"
        "  echo \"$PASSWORD\" | loquat user add bot --password-stdin\n"
        "  loquat user list an");
}

}  // namespace loquat::app
