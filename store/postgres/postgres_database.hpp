#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "store/sql/database.hpp"
#include "store/sql/database_need.hpp"

namespace loquat::store {

struct PostgresOptions {
    std::string url;     // as libpq takes it; its parameters and environment too (sslmode ...)
    std::string schema;  // made when it is missing
    std::span<const Migration> steps;
    // `crash` is synchronous_commit=off: the last moments may be missing after a crash of the
    // server.
    Durability durability = Durability::power_loss;
    std::size_t reader_threads = 2;
    std::size_t write_queue_max = 4096;
    std::size_t read_queue_max = 4096;
    std::size_t group_max = 64;        // units in one transaction
    std::size_t statements_max = 256;  // prepared ones kept for each connection
    std::chrono::milliseconds connect_max{5'000};
    std::chrono::milliseconds statement_max{10'000};
    std::chrono::milliseconds lock_max{5'000};
    std::chrono::milliseconds idle_max{2'000};     // a transaction whose owner sleeps
    std::chrono::milliseconds answer_max{30'000};  // of a unit, with its time in the queue
    // While opening, a server that is not there yet is waited for; one that refuses (a wrong
    // password) is not.
    std::chrono::milliseconds start_max{60'000};
    // Told why, again and again while it waits; false gives up.
    std::function<bool(const std::string& why)> keep_waiting;
    int version_min = 130'000;  // as the server says it: 13.0
    // Told while opening when the clocks are more than a minute apart: how far this machine's is
    // ahead.
    std::function<void(std::chrono::seconds ahead)> on_other_clock;
};

// `need` met by a schema of its name.
PostgresOptions at_server(std::string url, const DatabaseNeed& need);

// A schema of a PostgreSQL server.  What SQLite gives to one process it gives to several: whoever
// writes to the schema takes turns (an advisory lock), so that a unit that reads and then writes
// sees no other one in between; readers see snapshots and wait for nobody (docs/adr/0072).
//
// Opening blocks, brings the schema up to date, and fails with `store.unavailable`, `store.unfit`
// (too old), `store.newer_schema`, `store.changed_schema`, `store.needs_migration`.  Afterwards a
// lost connection fails what is under way and is made anew for what comes next.  Destroying it
// finishes what is queued.
std::unique_ptr<Database> open_postgres(const PostgresOptions& options);

}  // namespace loquat::store
