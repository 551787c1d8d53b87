#pragma once
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <typeindex>
#include <vector>

#include "aio/loop.hpp"
#include "runtime/callees.hpp"
#include "runtime/context.hpp"
#include "runtime/dispatcher.hpp"
#include "runtime/free_memory.hpp"
#include "runtime/platform.hpp"
#include "runtime/service_server.hpp"
#include "store/broadcast/local_broadcast.hpp"
#include "store/folder/folder.hpp"
#include "store/log/segment_log.hpp"
#include "store/log/topic_troubles.hpp"
#include "store/sqlite/sqlite_database.hpp"

namespace loquat::runtime {

// A loop with the thread that runs it.
struct LoopThread {
    std::unique_ptr<aio::Loop> loop;
    std::jthread thread;
};

// What a process holds.  Members are destroyed from the last to the first.
struct Platform::State final : contracts::CallObserver {
    explicit State(PlatformOptions given);

    void on_call(std::string_view service, std::string_view operation,
                 std::chrono::nanoseconds took, contracts::CallEnd end) override;

    bool is_hosted(std::string_view service) const;
    // From `platform.urls`; empty when it is not there.
    std::string url_of(std::string_view service) const;
    contracts::Callee find_callee(const Clients::Wanted& wanted);

    // `topics` are those that are stored in it.
    store::SqliteOptions in_folder(store::SqliteOptions wanted,
                                   std::vector<std::string_view> topics = {});
    void open_log();

    aio::Loop& loop_named(const std::string& name);
    store::EventLog& event_log();
    store::MessageStore& message_store();

    struct Ledgers {
        std::unique_ptr<store::UsageStore> usage;
        std::unique_ptr<store::AuditStore> audit;
    };
    const Ledgers& ledgers();
    // `NAME.db` in the data folder.
    store::Database& database(const std::string& name, std::span<const store::Migration> schema,
                              store::Durability durability);

    struct Instance {
        std::unique_ptr<Context> context;
        std::unique_ptr<Service> service;
    };

    PlatformOptions options;
    SystemClock system_clock;
    StandingRights rights{options.clock != nullptr ? *options.clock : system_clock};
    Config config;
    PlatformConfig settings;
    store::Folder folder;
    std::string internal_key;
    Metrics metrics;
    FreeMemory free_memory;
    Health health;
    Dispatcher dispatcher{metrics};
    std::unique_ptr<store::Broadcast> broadcast;
    // Stopped by then, but the stores end after a last answer: they must find the loop that asked.
    std::map<std::string, LoopThread> loops;
    store::TopicTroubles troubles;
    std::mutex stores_mutex;
    std::map<std::string, std::unique_ptr<store::Database>> databases;
    std::unique_ptr<store::FolderLog> log;
    std::unique_ptr<store::EventLog> gated_log;  // what services append to
    std::unique_ptr<store::MessageStore> messages;
    Ledgers opened_ledgers;
    std::map<std::type_index, std::pair<void*, aio::Loop*>> hosted;  // by interface
    Clients clients{[this](const Clients::Wanted& wanted) { return find_callee(wanted); }};
    std::vector<Instance> instances;
    struct Server {
        std::unique_ptr<Context> context;
        std::unique_ptr<ServiceServer> server;
    };
    std::deque<Server> servers;
    std::string service_address;
    bool is_running = false;
};

}  // namespace loquat::runtime
