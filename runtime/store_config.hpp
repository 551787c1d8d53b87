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
        wire::Field{
            "url", 0, 2'000,
            "Where its server is, for adapters that have one: "
            "postgresql://USER:PASSWORD@HOST:PORT/DATABASE, where {service} stands for the name of "
            "each service; amqp://USER:PASSWORD@HOST:PORT/VHOST or "
            "kafka://USER:PASSWORD@HOST:PORT,HOST:PORT; redis://USER:PASSWORD@HOST:PORT; "
            "mongodb://USER:PASSWORD@HOST:PORT/DATABASE."}};
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
    StoreKind limits{"local"};
    StoreKind presence{"memory"};

    static constexpr std::array fields{
        wire::Field{.name = "log", .doc = "The log of messages, usage and audit."},
        wire::Field{.name = "broadcast", .doc = "What tells all loops that listen."},
        wire::Field{.name = "sql", .doc = "Relational databases of the services."},
        wire::Field{.name = "messages", .doc = "Messages of all conversations."},
        wire::Field{.name = "usage", .doc = "What models used."},
        wire::Field{.name = "audit", .doc = "Who did what."},
        wire::Field{.name = "limits",
                    .doc = "How often each caller has asked: in each process, or over all."},
        wire::Field{.name = "presence", .doc = "Who is there."},
    };
};
BOOST_DESCRIBE_STRUCT(StoreConfig, (),
                      (log, broadcast, sql, messages, usage, audit, limits, presence))

}  // namespace loquat::runtime
