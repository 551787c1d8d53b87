#pragma once
#include <array>
#include <string>

#include "wire/codec.hpp"

namespace loquat::runtime {

// Which adapter meets a need.
struct StoreKind {
    std::string kind;
    std::string url{};

    static constexpr std::array fields{
        wire::Field{"kind", 1, 64,
                    "The adapter; for one that is not there a start lists those that are."},
        wire::Field{"url", 0, 2'000,
                    "Where its server is, for adapters that have one: "
                    "postgresql://USER:PASSWORD@HOST:PORT/DATABASE."}};
};
BOOST_DESCRIBE_STRUCT(StoreKind, (), (kind, url))

// What the process keeps its data in, need by need; section `store`.
struct StoreConfig {
    StoreKind log{"files"};
    StoreKind broadcast{"local"};
    StoreKind sql{"sqlite"};
    StoreKind messages{"sql"};
    StoreKind usage{"sql"};
    StoreKind audit{"sql"};

    static constexpr std::array fields{
        wire::Field{.name = "log", .doc = "The log of messages, usage and audit."},
        wire::Field{.name = "broadcast", .doc = "What tells all loops that listen."},
        wire::Field{.name = "sql", .doc = "Relational databases of the services."},
        wire::Field{.name = "messages", .doc = "Messages of all conversations."},
        wire::Field{.name = "usage", .doc = "What models used."},
        wire::Field{.name = "audit", .doc = "Who did what."},
    };
};
BOOST_DESCRIBE_STRUCT(StoreConfig, (), (log, broadcast, sql, messages, usage, audit))

}  // namespace loquat::runtime
