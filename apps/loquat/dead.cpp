#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "aio/run.hpp"
#include "apps/loquat/chat_screen.hpp"
#include "apps/loquat/commands.hpp"
#include "apps/loquat/local_platform.hpp"
#include "base/bytes.hpp"
#include "base/text.hpp"
#include "runtime/store_config.hpp"
#include "runtime/stores.hpp"
#include "runtime/stores/builtin.hpp"
#include "runtime/telemetry/health.hpp"
#include "runtime/telemetry/metrics.hpp"
#include "services/consumer/dead_records.hpp"
#include "wire/codec.hpp"

namespace loquat::app {
namespace {

namespace fs = std::filesystem;

using contracts::DeadApi;
using contracts::DeadEntry;
using DeadClient = contracts::Client<DeadApi>;
using DeadWork = std::function<Task<void>(DeadClient& dead)>;

constexpr std::size_t shown_bytes_max = 4'096;
constexpr std::int32_t page_max = 200;

struct DeadOptions {
    CommonOptions common;
    std::string topic;
    std::string after;
    int limit = 50;
    bool json = false;
    bool all = false;
    std::vector<std::string> ids;
};

// A folder that adapters ask for and servers do not need.
class PassingFolder {
  public:
    PassingFolder() {
        std::string pattern = (fs::temp_directory_path() / "loquat-dead-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) {
            throw Failure{Kind::unavailable, "data.unusable",
                          "No folder can be made in " + fs::temp_directory_path().string() + "."};
        }
        path_ = pattern;
    }
    ~PassingFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    PassingFolder(const PassingFolder&) = delete;
    PassingFolder& operator=(const PassingFolder&) = delete;

    const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

// Beside whatever runs on them.
void with_log_at_servers(const runtime::StoreConfig& config, const DeadWork& work) {
    const PassingFolder place;
    store::Folder folder{place.path() / "data"};
    store::TopicTroubles troubles;
    runtime::Health health;
    runtime::Metrics metrics;
    runtime::Stores stores{
        {folder, troubles, health, metrics, {}}, runtime::builtin_stores(), config};
    const SystemClock clock;
    consumer::DeadRecords records{stores.log(), clock};
    aio::Loop loop{"command"};
    DeadClient client{records, loop};
    aio::run_to_end(loop, work(client));
}

// The running program of a data folder, or what it would be; at servers the log itself.
void with_dead(const CommonOptions& options, const DeadWork& work) {
    const auto stores = options.load().get<runtime::StoreConfig>("store");
    if (stores.log.kind != "files") {
        with_log_at_servers(stores, work);
        return;
    }
    if (!fs::exists(options.data)) {
        throw Failure{Kind::not_found, "dead.no_folder",
                      "There is no data folder " + options.data + ": name it with --data."};
    }
    LocalPlatform platform{options};
    platform.run([&work](LocalPlatform::Clients& clients) { return work(clients.dead); });
}

std::optional<std::string> if_given(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional{text};
}

void print_line(const DeadEntry& entry) {
    fmt::print("{}  {}  {}  {} {}{}\n", entry.id, to_rfc3339(entry.given_up_at), entry.reason,
               entry.bytes, entry.bytes == 1 ? "byte" : "bytes",
               entry.whole ? "" : ", not all of them kept");
    if (!entry.detail.empty()) {
        fmt::print("    {}\n", make_harmless(entry.detail));
    }
}

void print_bytes(std::string_view bytes) {
    constexpr std::size_t row = 16;
    const std::string_view shown = bytes.substr(0, shown_bytes_max);
    for (std::size_t at = 0; at < shown.size(); at += row) {
        std::string hex;
        std::string text;
        for (const char byte : shown.substr(at, row)) {
            const auto value = static_cast<unsigned char>(byte);
            hex += fmt::format("{:02x} ", value);
            text += value >= 0x20 && value < 0x7f ? byte : '.';
        }
        fmt::print("{:06x}  {:48} {}\n", at, hex, text);
    }
    if (shown.size() < bytes.size()) {
        fmt::print("... {} more; --json has all of them\n", bytes.size() - shown.size());
    }
}

void print_whole(const DeadEntry& entry) {
    fmt::print("id        {}\nwas       {}/{}/{} of log {}\nkey       {}\ngiven up  {}\n", entry.id,
               entry.topic, entry.partition, entry.offset, entry.log, make_harmless(entry.key),
               to_rfc3339(entry.given_up_at));
    fmt::print("reason    {}, tried {} {}\n", entry.reason, entry.tries,
               entry.tries == 1 ? "time" : "times");
    if (!entry.detail.empty()) {
        fmt::print("detail    {}\n", make_harmless(entry.detail));
    }
    fmt::print("bytes     {}{}\n", entry.bytes,
               entry.whole ? "" : ", not all of them kept: it cannot be brought back");
    print_bytes(from_base64(entry.payload.value_or("")).value_or(""));
}

Task<void> list(DeadClient& dead, const DeadOptions& options) {
    contracts::ListDeadRequest request{
        .topic = if_given(options.topic), .after = if_given(options.after), .limit = options.limit};
    const auto page = co_await dead.call<&DeadApi::list_dead>(administrator(), request);
    if (options.json) {
        fmt::print("{}\n", wire::encode(page));
        co_return;
    }
    for (const DeadEntry& entry : page.items) {
        print_line(entry);
    }
    if (page.more) {
        fmt::print("more: --after {}\n", page.items.back().id);
    } else if (page.items.empty()) {
        fmt::print("None.\n");
    }
}

Task<void> show(DeadClient& dead, const DeadOptions& options) {
    for (const std::string& id : options.ids) {
        contracts::DeadRef request{id};
        const auto entry = co_await dead.call<&DeadApi::get_dead>(administrator(), request);
        if (options.json) {
            fmt::print("{}\n", wire::encode(entry));
        } else {
            print_whole(entry);
        }
    }
}

// Those that are there now: what is brought back may die again.
Task<std::vector<std::string>> ids_of(DeadClient& dead, const DeadOptions& options) {
    std::vector<std::string> ids = options.ids;
    contracts::ListDeadRequest request{
        .topic = if_given(options.topic), .after = {}, .limit = page_max};
    bool has_more = options.all;
    while (has_more) {
        const auto page = co_await dead.call<&DeadApi::list_dead>(administrator(), request);
        for (const DeadEntry& entry : page.items) {
            ids.push_back(entry.id);
        }
        has_more = page.more;
        request.after = if_given(ids.empty() ? std::string{} : ids.back());
    }
    co_return ids;
}

template <auto Method>
Task<void> settle(DeadClient& dead, const DeadOptions& options, const char* what, int& code) {
    std::size_t done = 0;
    for (const std::string& id : co_await ids_of(dead, options)) {
        contracts::DeadRef request{id};
        std::string refused;
        try {
            co_await dead.call<Method>(administrator(), request);
            ++done;
        } catch (const Failure& failure) {
            if (failure.code != "dead.not_found" && failure.code != "dead.cut") {
                throw;
            }
            refused = failure.message;
        }
        if (!refused.empty()) {
            fmt::print(stderr, "{}: {}\n", id, refused);
            code = 1;
        }
    }
    fmt::print("{} {}\n", done, what);
}

void check_choice(const DeadOptions& options) {
    if (options.all != options.ids.empty()) {
        refuse_option("ID", "give ids, or --all");
    }
}

using OptionsPtr = std::shared_ptr<DeadOptions>;

OptionsPtr add_options(const Command& command) {
    auto options = std::make_shared<DeadOptions>();
    options->common.add_to(command);
    return options;
}

void add_topic(const Command& command, DeadOptions& options) {
    command.option("--topic", options.topic, "only of one topic")
        .one_of({"chat.messages", "usage.events", "audit.events"});
}

void add_list(const Command& parent) {
    const Command command = parent.add("list", "those that are there, oldest first of each topic");
    const OptionsPtr options = add_options(command);
    add_topic(command, *options);
    command.option("--after", options->after, "those behind this one").takes("ID");
    command.option("--limit", options->limit, "how many").with_default().in_range(1, page_max);
    command.flag("--json", options->json, "for programs: the same as JSON");
    command.on_run([options] {
        with_dead(options->common, [&](DeadClient& dead) { return list(dead, *options); });
    });
}

void add_show(const Command& parent) {
    const Command command = parent.add("show", "all that is known of some, with their bytes");
    const OptionsPtr options = add_options(command);
    command.option("id", options->ids, "as `list` prints it").required();
    command.flag("--json", options->json, "for programs: the same as JSON, bytes as base64");
    command.on_run([options] {
        with_dead(options->common, [&](DeadClient& dead) { return show(dead, *options); });
    });
}

template <auto Method>
void add_settling(const Command& parent, const char* name, const char* help, const char* what,
                  int& code) {
    const Command command = parent.add(name, help);
    const OptionsPtr options = add_options(command);
    command.option("id", options->ids, "as `list` prints it");
    command.flag("--all", options->all, "all that are there now");
    add_topic(command, *options);
    command.on_run([options, what, &code] {
        check_choice(*options);
        with_dead(options->common,
                  [&](DeadClient& dead) { return settle<Method>(dead, *options, what, code); });
    });
}

}  // namespace

void add_dead(Command program, int& code) {
    const Command command =
        program.add("dead", "records that can never be stored: look, bring back, drop");
    command.needs_a_command();
    add_list(command);
    add_show(command);
    add_settling<&DeadApi::retry_dead>(
        command, "retry", "append them again to where they were, for what was mended meanwhile",
        "brought back; what cannot be stored comes again under a new id", code);
    add_settling<&DeadApi::drop_dead>(command, "drop", "nobody wants them any more", "dropped",
                                      code);
    command.footer(
        "A record of the log that nobody can read, or that its store refuses, is put aside so that "
        "those behind it\nare stored: into the topics chat.messages.dead, usage.events.dead and "
        "audit.events.dead. These commands work on\nthe data folder of a program that runs or is "
        "stopped; with a log at servers on these, whatever runs.\n"
        "examples:\n"
        "  loquat dead list --data /srv/loquat\n"
        "  loquat dead show chat.messages.dead/0/1\n"
        "  loquat dead retry --all --topic chat.messages");
}

}  // namespace loquat::app
