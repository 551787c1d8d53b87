#include <fmt/format.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "apps/loquat/chat_screen.hpp"
#include "apps/loquat/for_each.hpp"
#include "apps/loquat/import.hpp"
#include "apps/loquat/import_rooms.hpp"
#include "apps/loquat/local_platform.hpp"
#include "apps/loquat/progress.hpp"
#include "base/cut.hpp"
#include "base/random_text.hpp"
#include "base/text.hpp"

namespace loquat::app {
namespace {

// Lines that are held in memory.
constexpr std::size_t portion_lines = 20'000;
constexpr std::size_t calls_at_once = 16;
// Batches under way at once; all lines of a room go through one lane, in their order.
constexpr std::size_t lanes_max = 4;
constexpr std::size_t batch_lines_max = 1'000;  // as contracts::ImportMessagesRequest says
constexpr std::size_t batch_bytes_max = 4 * 1024 * 1024;
constexpr int tries_max = 5;

constexpr std::size_t password_bytes = 18;

class Import {
  public:
    Import(const ImportOptions& options, LineReader& lines, std::size_t total,
           LocalPlatform::Clients& clients)
        : options_(options),
          lines_(lines),
          progress_("messages", total),
          clients_(clients),
          rooms_(clients, options.title_prefix,
                 options.is_private ? contracts::Visibility::private_
                                    : contracts::Visibility::public_) {}

    Task<void> run(ImportPortion first) {
        co_await make_owner();
        co_await rooms_.start(owner_);
        std::optional<ImportPortion> portion = std::move(first);
        while (portion) {
            report_skipped(*portion);
            co_await make_people(portion->newcomers);
            co_await send(*portion);
            portion = lines_.next(portion_lines);
        }
        progress_.finish();
        fmt::print("{} messages in {} rooms from {} people; {} lines skipped, {} refused\n", sent_,
                   rooms_.size(), lines_.people(), skipped_, refused_);
    }

    // Lines that were not imported, and listed.
    std::size_t left_out() const { return refused_ + skipped_; }
    // Of the owner's account when this import made it; empty when it was there before.
    const std::string& owner_password() const { return owner_password_; }

  private:
    // The account of that name, made when it is not there yet.
    Task<contracts::User> get_person(std::string username, std::string display_name,
                                     std::string password) {
        contracts::AddAccountRequest request{.username = username,
                                             .password = std::move(password),
                                             .display_name = std::move(display_name)};
        try {
            const auto added = co_await add_account(std::move(request));
            ++made_;
            co_return to_user(added.user);
        } catch (const Failure& failure) {
            if (failure.code != "auth.username_taken") {
                throw;
            }
        }
        contracts::ListAccountsRequest query{.query = username, .limit = 200};
        auto page = co_await clients_.accounts.call<&contracts::AccountsApi::list_accounts>(
            administrator(), query);
        for (const contracts::AccountInfo& user : page.items) {
            if (user.username == username) {
                co_return to_user(user);
            }
        }
        throw Failure{Kind::conflict, "import.user",
                      "The user name " + username + " is taken but cannot be found."};
    }

    // Who is called by what no display name may hold is called by the user name.
    Task<contracts::AddedAccount> add_account(contracts::AddAccountRequest request) {
        try {
            contracts::AddedAccount added =
                co_await clients_.accounts.call<&contracts::AccountsApi::add_account>(
                    administrator(), request);
            co_return added;
        } catch (const Failure& failure) {
            if (failure.fields.empty() || failure.fields.front().field != "display_name") {
                throw;
            }
        }
        request.display_name.reset();
        co_return co_await clients_.accounts.call<&contracts::AccountsApi::add_account>(
            administrator(), request);
    }

    static contracts::User to_user(const contracts::AccountInfo& account) {
        return {.id = account.id,
                .username = account.username,
                .display_name = account.display_name,
                .role = account.role};
    }

    Task<void> make_owner() {
        std::string password = random_text(password_bytes);
        owner_ = co_await get_person(options_.owner, options_.owner, password);
        if (made_ > 0) {
            owner_password_ = std::move(password);
        }
    }

    void report_skipped(const ImportPortion& portion) {
        for (const SkippedLine& line : portion.skipped) {
            fmt::print(stderr, "line {} skipped: {}\n", line.number, make_harmless(line.why));
        }
        skipped_ += portion.skipped.size();
        progress_.add(portion.skipped.size());
    }

    Task<void> make_people(const std::vector<std::pair<std::string, std::string>>& newcomers) {
        auto one = [&](std::size_t i) -> Task<void> {
            const auto& [name, username] = newcomers[i];
            const std::string shown{cut_text(name, 64)};
            people_[name] = co_await get_person(username, is_utf8(shown) ? shown : username,
                                                random_text(password_bytes));
        };
        co_await for_each(newcomers.size(), calls_at_once, one);
    }

    struct Lane {
        std::vector<const std::string*> rooms;
        std::size_t lines = 0;
    };

    Task<void> send(const ImportPortion& portion) {
        std::vector<const std::string*> names;
        for (const auto& [room, lines] : portion.rooms) {
            names.push_back(&room);
        }
        auto open = [&](std::size_t i) { return open_room(*names[i], portion); };
        co_await for_each(names.size(), calls_at_once, open);
        std::vector<Lane> lanes(std::min(lanes_max, names.size()));
        for (const std::string* room : names) {
            Lane& lane = *std::ranges::min_element(lanes, {}, &Lane::lines);
            lane.rooms.push_back(room);
            lane.lines += portion.rooms.at(*room).size();
        }
        auto run = [&](std::size_t i) { return send_lane(lanes[i], portion); };
        co_await for_each(lanes.size(), lanes_max, run);
    }

    Task<void> open_room(const std::string& name, const ImportPortion& portion) {
        std::vector<UserId> senders;
        for (const ImportLine& line : portion.rooms.at(name)) {
            senders.push_back(people_.at(line.user).id);
        }
        co_await rooms_.open(name, senders);
    }

    struct Batch {
        contracts::ImportMessagesRequest request;
        std::vector<std::size_t> lines;  // of each item
        std::size_t bytes = 0;
    };

    Task<void> send_lane(const Lane& lane, const ImportPortion& portion) {
        Batch batch;
        for (const std::string* name : lane.rooms) {
            const ChatId chat = rooms_.chat_of(*name);
            for (const ImportLine& line : portion.rooms.at(*name)) {
                const bool is_full = batch.lines.size() == batch_lines_max ||
                                     batch.bytes + line.text.size() > batch_bytes_max;
                if (is_full && !batch.lines.empty()) {
                    Batch full = std::exchange(batch, {});
                    co_await send_batch(full);
                }
                const contracts::User& person = people_.at(line.user);
                batch.request.items.push_back(
                    {person.id,
                     person.username,
                     {.id = chat, .client_id = line.client_id, .text = line.text}});
                batch.lines.push_back(line.number);
                batch.bytes += line.text.size();
            }
        }
        if (!batch.lines.empty()) {
            co_await send_batch(batch);
        }
    }

    // A batch that was on its way when the platform was too busy is sent again: its client ids make
    // that harmless.
    Task<contracts::ImportedMessages> call_until_taken(const Batch& batch) {
        for (int tries = 1;; ++tries) {
            std::chrono::seconds pause{1};
            try {
                const contracts::Caller owner = caller_for(owner_);
                co_return co_await clients_.chat.call<&contracts::ChatApi::import_messages>(
                    owner, batch.request);
            } catch (const Failure& failure) {
                const bool is_passing =
                    failure.kind == Kind::unavailable || failure.kind == Kind::timed_out;
                if (!is_passing || tries == tries_max) {
                    throw;
                }
                pause = failure.retry_after.value_or(pause);
            }
            co_await aio::Loop::current().sleep_for(pause);
        }
    }

    Task<void> send_batch(const Batch& batch) {
        const contracts::ImportedMessages answer = co_await call_until_taken(batch);
        for (const contracts::RefusedItem& item : answer.refused) {
            fmt::print(stderr, "line {} refused: {}\n",
                       batch.lines.at(static_cast<std::size_t>(item.index)),
                       make_harmless(item.message));
        }
        refused_ += answer.refused.size();
        sent_ += batch.lines.size() - answer.refused.size();
        progress_.add(batch.lines.size());
    }

    const ImportOptions& options_;
    LineReader& lines_;
    Progress progress_;
    LocalPlatform::Clients& clients_;
    contracts::User owner_;
    std::string owner_password_;
    std::size_t made_ = 0;
    std::map<std::string, contracts::User> people_;
    ImportRooms rooms_;
    std::size_t sent_ = 0;
    std::size_t refused_ = 0;
    std::size_t skipped_ = 0;
};

// Lines of a file, for the progress; 0 when it cannot be read twice.
std::size_t count_lines(const ImportOptions& options) {
    if (options.file == "-" || !std::filesystem::is_regular_file(options.file)) {
        return 0;
    }
    std::ifstream in{options.file, std::ios::binary};
    const auto breaks = std::count(std::istreambuf_iterator<char>{in}, {}, '\n');
    const auto lines = static_cast<std::size_t>(breaks);
    return options.lines_max == 0 ? lines : std::min(lines, options.lines_max);
}

std::ifstream open_file(const ImportOptions& options) {
    std::ifstream in;
    if (options.file == "-") {
        return in;
    }
    in.open(options.file);
    if (!in) {
        throw Failure{Kind::not_found, "import.no_file", options.file + " cannot be opened."};
    }
    return in;
}

// The first portion that has something to import.
ImportPortion find_first(LineReader& lines) {
    std::vector<SkippedLine> skipped;
    while (auto portion = lines.next(portion_lines)) {
        skipped.insert(skipped.end(), portion->skipped.begin(), portion->skipped.end());
        if (!portion->rooms.empty()) {
            portion->skipped = std::move(skipped);
            return *std::move(portion);
        }
    }
    throw Failure{Kind::invalid, "import.empty",
                  "There is nothing to import" +
                      (skipped.empty() ? std::string{"."}
                                       : ": line " + std::to_string(skipped.front().number) + " " +
                                             skipped.front().why + ".")};
}

}  // namespace

int import_lines(ImportOptions options) {
    if (options.is_demo) {
        options.fields = {.room = "day", .user = "nick", .text = "text"};
        options.owner = "demo";
        options.title_prefix = "Ubuntu help, ";
        options.lines_max = options.lines_max == 0 ? 5000 : options.lines_max;
    }
    std::ifstream file = open_file(options);
    LineReader lines{options.file == "-" ? std::cin : file, options.fields, options.lines_max};
    ImportPortion first = find_first(lines);
    LocalPlatform platform{options.common};
    std::size_t left_out = 0;
    std::string password;
    auto work = [&](LocalPlatform::Clients& clients) -> Task<void> {
        Import import{options, lines, count_lines(options), clients};
        co_await import.run(std::move(first));
        left_out = import.left_out();
        password = import.owner_password();
    };
    platform.run(work);
    if (!password.empty()) {
        fmt::print("sign in as {} with the password {}\n", options.owner, password);
    }
    return left_out == 0 ? 0 : 1;
}

}  // namespace loquat::app
