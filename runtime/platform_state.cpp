#include "runtime/platform_state.hpp"

#include <sys/statvfs.h>

#include <algorithm>
#include <fstream>
#include <tuple>

#include "base/bytes.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "runtime/memory_metrics.hpp"
#include "runtime/remote.hpp"
#include "store/audit/sql_audit.hpp"
#include "store/file/file.hpp"
#include "store/folder/stamped_text.hpp"
#include "store/ledger/ledger_database.hpp"
#include "store/log/segment_log.hpp"
#include "store/log/topic_troubles.hpp"
#include "store/messages/sql_messages.hpp"
#include "store/sqlite/cached_bytes.hpp"
#include "store/sqlite/sqlite_database.hpp"
#include "store/usage/sql_usage.hpp"

namespace loquat::runtime {
namespace {

std::string make_key() {
    std::array<std::uint8_t, 32> bytes{};
    random_bytes(bytes.data(), bytes.size());
    return to_base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

// The key between services: configured, or kept in a file that only this user may read.
std::string load_internal_key(const PlatformConfig& settings, store::Folder& folder) {
    if (!settings.internal_key.empty()) {
        return settings.internal_key;
    }
    const std::filesystem::path file = folder.path() / "internal.key";
    const store::FileStamp stamp = folder.stamp_text("internal.key");
    std::string key;
    if (std::ifstream in{file}; in) {
        const std::string text{std::istreambuf_iterator<char>{in}, {}};
        if (auto wrong = store::check_stamped(file, text, stamp)) {
            throw std::move(*wrong);
        }
        const auto read = store::read_stamped(text);
        key = trim(read->body);
        if (read->is_stamped) {
            return key;
        }
    }
    key = key.size() >= 32 ? key : make_key();
    const std::uint64_t changes = stamp.mark->value() + 1;
    store::replace_file(file, store::with_stamp(key, stamp.folder, changes));
    stamp.mark->raise(changes);
    return key;
}

// Modules are made in the order of start.  What belongs to services of other processes is theirs to
// judge: its files may be elsewhere.
PlatformOptions prepared(PlatformOptions options) {
    options.modules = in_order_of_start(std::move(options.modules));
    for (ConfigSection& section : options.sections) {
        const bool is_here = section.name == "platform" ||
                             std::ranges::any_of(options.modules, [&section](const Module* module) {
                                 return module->name == section.name;
                             });
        section.check = is_here ? section.check : nullptr;
    }
    return options;
}

// Nothing is opened where somebody lacks whom they need.
PlatformConfig load_settings(const Config& config, const std::vector<const Module*>& modules) {
    auto settings = config.get<PlatformConfig>("platform");
    check_callees(modules, settings.urls);
    return settings;
}

std::optional<std::string> disk_problem(const std::filesystem::path& folder,
                                        std::int64_t bytes_min) {
    struct statvfs space{};
    if (::statvfs(folder.c_str(), &space) != 0) {
        return "the data folder cannot be read";
    }
    const auto free =
        static_cast<std::int64_t>(space.f_bavail) * static_cast<std::int64_t>(space.f_frsize);
    if (free >= bytes_min) {
        return std::nullopt;
    }
    return "only " + std::to_string(free / (1024 * 1024)) + " MiB free in " + folder.string();
}

}  // namespace

Platform::State::State(PlatformOptions given)
    : options(prepared(std::move(given))),
      config(Config::load(options.sections, options.sources)),
      settings(load_settings(config, options.modules)),
      folder(options.data),
      internal_key(load_internal_key(settings, folder)),
      broadcast(store::make_local_broadcast()) {
    add_memory_metrics(metrics);
    metrics.gauge_of("loquat_store_cached_bytes", "In the page caches of all databases.", {},
                     [] { return static_cast<double>(store::cached_bytes()); });
    health.add("platform", "disk", [path = folder.path(), least = settings.disk_bytes_min] {
        return disk_problem(path, least);
    });
    health.add("platform", "marks", [this] { return folder.trouble(); });
}

void Platform::State::on_call(std::string_view service, std::string_view operation,
                              std::chrono::nanoseconds took, contracts::CallEnd end) {
    // Resolved once for each operation and thread: the registry's lock is not for every call.
    struct Pair {
        Histogram* seconds;
        Counter* failures;
    };
    using Key = std::tuple<const void*, std::string_view, std::string_view>;
    thread_local std::map<Key, Pair> known;
    const auto [entry, is_new] = known.try_emplace({this, service, operation});
    if (is_new) {
        const Labels labels{{"service", std::string{service}},
                            {"operation", std::string{operation}}};
        entry->second = {
            &metrics.histogram("loquat_client_seconds", "Time of calls between services.", labels),
            &metrics.counter("loquat_client_failures_total", "Calls between services that failed.",
                             labels)};
    }
    entry->second.seconds->observe(took);
    if (end == contracts::CallEnd::failed) {
        entry->second.failures->add();
    }
}

bool Platform::State::is_hosted(std::string_view service) const {
    return std::ranges::any_of(options.modules,
                               [&](const Module* module) { return module->name == service; });
}

std::string Platform::State::url_of(std::string_view service) const {
    const auto entry = std::ranges::find(settings.urls, service, &ServiceUrl::service);
    return entry == settings.urls.end() ? std::string{} : entry->url;
}

contracts::Callee Platform::State::find_callee(const Clients::Wanted& wanted) {
    contracts::Callee callee{.observer = this};
    const auto found = hosted.find(wanted.interface);
    if (found != hosted.end() && options.calls == Calls::direct) {
        callee.api = found->second.first;
        callee.loop = found->second.second;
    } else if (is_hosted(wanted.service)) {
        callee.transport = make_loopback_transport(dispatcher);
    } else if (const std::string url = url_of(wanted.service); !url.empty()) {
        callee.transport = make_http_transport(wanted.loop, url, internal_key);
    } else {
        callee.transport = make_absent_transport(wanted.service);
    }
    return callee;
}

aio::Loop& Platform::State::loop_named(const std::string& name) {
    if (const auto found = loops.find(name); found != loops.end()) {
        return *found->second.loop;
    }
    const auto slot = loops.emplace(name, LoopThread{std::make_unique<aio::Loop>(name), {}}).first;
    aio::Loop& loop = *slot->second.loop;
    try {
        slot->second.thread = std::jthread{[&loop] { loop.run(); }};
    } catch (...) {
        loops.erase(slot);  // a loop that no thread runs would be waited for without end
        throw;
    }
    return loop;
}

store::SqliteOptions Platform::State::in_folder(store::SqliteOptions wanted,
                                                std::vector<std::string_view> topics) {
    const std::string name = wanted.file.filename().string();
    wanted.stamp = folder.stamp(name);
    wanted.on_damage = [this, name, topics = std::move(topics)](const Failure& failure) {
        for (const std::string_view topic : topics) {
            troubles.stop(topic, failure.message);
        }
        health.add("platform", name, [what = failure.message] { return what; });
        log_error({.service = "platform"},
                  "a store is damaged, and nothing more is accepted for it",
                  {{"error", failure.message}});
    };
    wanted.on_damaged_read = [this, name](const Failure& failure) {
        health.add("platform", name, [what = failure.message] { return what; });
        log_error({.service = "platform"}, "a page of a store is damaged and cannot be read",
                  {{"error", failure.message}});
    };
    return wanted;
}

void Platform::State::open_log() {
    constexpr std::string_view name = "log";
    folder.expect(name);
    std::map<std::string, store::Mark*> marks;
    auto on_durable = [this, marks](std::string_view topic, store::Offset last) mutable {
        store::Mark*& mark = marks[std::string{topic}];
        if (mark == nullptr) {
            mark = &folder.topic_mark(topic);
        }
        mark->raise(last);
    };
    log =
        store::open_segment_log({.folder = folder.path() / name,
                                 .acknowledged = folder.acknowledged(),
                                 .is_all_acknowledged = folder.last_end() == store::LastEnd::clean,
                                 .on_durable = std::move(on_durable),
                                 .on_broken = [this] { folder.end_in_doubt(); }});
    folder.confirm(name, log->folder_identity());
    gated_log = store::make_gated_log(*log, troubles);
}

store::EventLog& Platform::State::event_log() {
    const std::lock_guard lock{stores_mutex};
    if (!log) {
        open_log();
        health.add("platform", "log", [this]() -> std::optional<std::string> {
            switch (log->state()) {
                case store::LogState::ready:
                    return std::nullopt;
                case store::LogState::full:
                    return "the disk is full";
                case store::LogState::broken:
                    return "the log cannot be written";
            }
            return std::nullopt;
        });
        metrics.gauge_of("loquat_log_held_bytes", "Newest records of the log, kept in memory.", {},
                         [this] { return static_cast<double>(log->held_bytes()); });
    }
    return *gated_log;
}

store::MessageStore& Platform::State::message_store() {
    const std::lock_guard lock{stores_mutex};
    if (!messages) {
        auto& database_slot = databases["messages"];
        database_slot =
            store::open_sqlite(in_folder(store::message_database(folder.path() / "messages.db"),
                                         {contracts::records::messages.topic}));
        messages = store::make_sql_messages(*database_slot, folder.seq_marks());
    }
    return *messages;
}

const Platform::State::Ledgers& Platform::State::ledgers() {
    const std::lock_guard lock{stores_mutex};
    if (!opened_ledgers.usage) {
        auto& database_slot = databases["usage"];
        database_slot = store::open_sqlite(
            in_folder(store::ledger_database(folder.path() / "usage.db"),
                      {contracts::records::usage.topic, contracts::records::audit.topic}));
        opened_ledgers = {store::make_sql_usage(*database_slot),
                          store::make_sql_audit(*database_slot)};
    }
    return opened_ledgers;
}

store::Database& Platform::State::database(const std::string& name,
                                           std::span<const store::Migration> schema,
                                           store::Durability durability) {
    const std::lock_guard lock{stores_mutex};
    auto& slot = databases[name];
    if (!slot) {
        slot = store::open_sqlite(in_folder({.file = folder.path() / (name + ".db"),
                                             .schema = schema,
                                             .durability = durability,
                                             .cache_kib = 4 * 1024}));
    }
    return *slot;
}

}  // namespace loquat::runtime
