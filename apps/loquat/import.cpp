#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <fstream>
#include <iostream>

#include "aio/scope.hpp"
#include "apps/loquat/commands.hpp"
#include "apps/loquat/import_lines.hpp"
#include "apps/loquat/local_platform.hpp"
#include "apps/loquat/progress.hpp"
#include "base/bytes.hpp"
#include "base/text.hpp"

namespace loquat::app {
namespace {

constexpr std::size_t rooms_at_once = 16;

struct ImportOptions {
    CommonOptions common;
    std::string file = "-";
    LineFields fields;
    std::size_t lines_max = 0;
    std::string owner = "importer";
    std::string title_prefix;
    bool is_public = true;
    bool is_demo = false;
};

contracts::Caller caller_for(const contracts::User& user) {
    contracts::Caller caller;
    caller.user = user.id;
    caller.role = user.role;
    caller.username = user.username;
    caller.address = "127.0.0.1";
    return caller;
}

std::string make_password() {
    std::array<std::uint8_t, 18> bytes{};
    random_bytes(bytes.data(), bytes.size());
    return to_base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

class Import {
  public:
    Import(const ImportOptions& options, ImportPlan plan, LocalPlatform::Clients& clients)
        : options_(options), plan_(std::move(plan)), clients_(clients) {}

    Task<void> run() {
        co_await make_people();
        co_await send_all();
        for (const SkippedLine& line : plan_.skipped) {
            fmt::print(stderr, "line {} skipped: {}\n", line.number, line.why);
        }
        fmt::print("{} messages in {} rooms from {} people; {} lines skipped, {} refused\n", sent_,
                   plan_.rooms.size(), plan_.usernames.size(), plan_.skipped.size(), refused_);
    }

    std::size_t refused() const { return refused_; }
    // Of the owner's account when this import made it; empty when it was there before.
    const std::string& owner_password() const { return owner_password_; }

  private:
    // The account of that name, made when it is not there yet.
    Task<contracts::User> get_person(std::string username, std::string display_name,
                                     std::string password) {
        contracts::Caller nobody;
        nobody.address = "127.0.0.1";
        contracts::RegisterRequest request{.username = username,
                                           .password = std::move(password),
                                           .display_name = std::move(display_name)};
        try {
            auto session =
                co_await clients_.auth.call<&contracts::AuthApi::register_user>(nobody, request);
            ++made_;
            co_return session.body.user;
        } catch (const Failure& failure) {
            if (failure.code != "auth.username_taken") {
                throw;
            }
        }
        contracts::Caller self;
        self.user = UserId{};
        contracts::FindUsersRequest query{.query = username, .limit = 200};
        auto page = co_await clients_.auth.call<&contracts::AuthApi::find_users>(self, query);
        for (const contracts::PublicUser& user : page.items) {
            if (user.username == username) {
                co_return contracts::User{
                    .id = user.id, .username = user.username, .display_name = user.display_name};
            }
        }
        throw Failure{Kind::conflict, "import.user",
                      "The user name " + username + " is taken but cannot be found."};
    }

    Task<void> make_people() {
        Progress progress{"people", plan_.usernames.size() + 1};
        std::string password = make_password();
        owner_ = co_await get_person(options_.owner, options_.owner, password);
        if (made_ > 0) {
            owner_password_ = std::move(password);
        }
        progress.add();
        for (const auto& [name, username] : plan_.usernames) {
            const std::string shown = name.substr(0, 64);
            people_[name] =
                co_await get_person(username, is_utf8(shown) ? shown : username, make_password());
            progress.add();
        }
        progress.finish();
    }

    Task<void> send_all() {
        for (const auto& [room, lines] : plan_.rooms) {
            waiting_.push_back(&room);
            total_ += lines.size();
        }
        progress_ = std::make_unique<Progress>("messages", total_);
        aio::Scope scope{aio::Loop::current(), "import"};
        aio::Signal ended;
        std::size_t running = std::min(rooms_at_once, waiting_.size());
        for (std::size_t i = 0; i < running; ++i) {
            scope.start(send_rooms(running, ended));
        }
        while (running > 0) {
            co_await ended.wait();
        }
        co_await scope.close();
        progress_->finish();
        if (error_) {
            std::rethrow_exception(error_);
        }
    }

    // Takes rooms until none is left.
    Task<void> send_rooms(std::size_t& running, aio::Signal& ended) {
        try {
            while (!waiting_.empty() && !error_) {
                const std::string room = *waiting_.front();
                waiting_.pop_front();
                co_await send_room(room, plan_.rooms.at(room));
            }
        } catch (...) {
            error_ = std::current_exception();
        }
        --running;
        ended.set();
    }

    // The same file imported again finds its rooms and repeats nothing: rooms by their key,
    // messages by client id.
    Task<contracts::Chat> get_room(const std::string& room) {
        contracts::Caller caller = caller_for(owner_);
        caller.idempotency_key = "import:" + room;
        using contracts::Visibility;
        contracts::CreateChatRequest request{
            .title = (options_.title_prefix + room).substr(0, 120),
            .visibility = options_.is_public ? Visibility::public_ : Visibility::private_};
        auto chat = co_await clients_.chat.call<&contracts::ChatApi::create_chat>(caller, request);
        co_return chat.body;
    }

    Task<void> send_room(const std::string& room, const std::vector<ImportLine>& lines) {
        auto chat = co_await get_room(room);
        std::map<std::string, bool> joined;
        for (const ImportLine& line : lines) {
            const contracts::User& person = people_.at(line.user);
            if (!std::exchange(joined[line.user], true)) {
                contracts::PutMemberRequest member{.id = chat.id, .user_id = person.id};
                co_await clients_.chat.call<&contracts::ChatApi::put_member>(caller_for(owner_),
                                                                             member);
            }
            co_await send_line(chat.id, person, line);
            progress_->add();
        }
    }

    Task<void> send_line(ChatId chat, const contracts::User& person, const ImportLine& line) {
        contracts::PostMessageRequest message{
            .id = chat, .client_id = "import-" + std::to_string(line.number), .text = line.text};
        try {
            co_await clients_.chat.call<&contracts::ChatApi::accept_message>(caller_for(person),
                                                                             message);
            ++sent_;
        } catch (const Failure& failure) {
            if (failure.kind != Kind::invalid && failure.kind != Kind::conflict) {
                throw;
            }
            ++refused_;
            fmt::print(stderr, "line {} refused: {}\n", line.number, failure.message);
        }
    }

    const ImportOptions& options_;
    ImportPlan plan_;
    LocalPlatform::Clients& clients_;
    contracts::User owner_;
    std::string owner_password_;
    std::size_t made_ = 0;
    std::map<std::string, contracts::User> people_;
    std::deque<const std::string*> waiting_;
    std::unique_ptr<Progress> progress_;
    std::exception_ptr error_;
    std::size_t total_ = 0;
    std::size_t sent_ = 0;
    std::size_t refused_ = 0;
};

ImportPlan read_plan(const ImportOptions& options) {
    if (options.file == "-") {
        return read_lines(std::cin, options.fields, options.lines_max);
    }
    std::ifstream in{options.file};
    if (!in) {
        throw Failure{Kind::not_found, "import.no_file", options.file + " cannot be opened."};
    }
    return read_lines(in, options.fields, options.lines_max);
}

int import_all(ImportOptions options) {
    if (options.is_demo) {
        options.fields = {.room = "day", .user = "nick", .text = "text"};
        options.owner = "demo";
        options.title_prefix = "Ubuntu help, ";
        options.lines_max = options.lines_max == 0 ? 5000 : options.lines_max;
    }
    ImportPlan plan = read_plan(options);
    if (plan.rooms.empty()) {
        throw Failure{
            Kind::invalid, "import.empty",
            "There is nothing to import" +
                (plan.skipped.empty() ? std::string{"."}
                                      : ": line " + std::to_string(plan.skipped.front().number) +
                                            " " + plan.skipped.front().why + ".")};
    }
    LocalPlatform platform{options.common};
    std::size_t refused = 0;
    std::string password;
    auto work = [&](LocalPlatform::Clients& clients) -> Task<void> {
        Import import{options, std::move(plan), clients};
        co_await import.run();
        refused = import.refused();
        password = import.owner_password();
    };
    platform.run(work);
    if (!password.empty()) {
        fmt::print("sign in as {} with the password {}\n", options.owner, password);
    }
    return refused == 0 ? 0 : 1;
}

}  // namespace

void add_import(CLI::App& app, int& code) {
    auto* command = app.add_subcommand("import", "bring conversations in from JSON lines");
    auto options = std::make_shared<ImportOptions>();
    options->common.add_to(*command);
    command->add_option("file", options->file, "the file; - for standard input")
        ->capture_default_str();
    command->add_option("--room-field", options->fields.room, "member that names the room")
        ->capture_default_str();
    command->add_option("--user-field", options->fields.user, "member that names the sender")
        ->capture_default_str();
    command->add_option("--text-field", options->fields.text, "member that holds the text")
        ->capture_default_str();
    command->add_option("--limit", options->lines_max, "lines to read at most; 0: all")
        ->capture_default_str();
    command->add_option("--owner", options->owner, "who shall own the rooms")
        ->capture_default_str();
    command->add_option("--title-prefix", options->title_prefix, "put before each room's name");
    command->add_flag("!--private", options->is_public,
                      "make private rooms instead of public ones");
    command->add_flag("--demo", options->is_demo,
                      "members day, nick, text; 5,000 lines; an account `demo` that owns them");
    command->footer(
        "People who have no account get one with a random password. The same file again repeats "
        "nothing. Works beside\n"
        "a running platform and without one.\n"
        "examples:\n"
        "  loquat import team.jsonl --owner ana\n"
        "  zcat log.jsonl.gz | loquat import - --room-field day --user-field nick --limit 5000");
    command->callback([options, &code] { code = import_all(*options); });
}

}  // namespace loquat::app
