#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "wire/describe.hpp"

namespace loquat::registry {

struct Config {
    std::string address = "127.0.0.1";
    std::int32_t port = 8761;
    std::vector<std::string> peers;
    std::string username;
    std::string password;
    std::chrono::seconds catch_up_seconds_max{10};
    bool counts_leases_twice = false;
    std::int32_t removed_percent_max = 15;
    std::int32_t kept_leases_max = 10;
    std::chrono::seconds changes_kept_seconds{180};
    std::chrono::milliseconds broken_grace_ms{1'000};
    std::size_t instances_max = 50'000;
    std::size_t watchers_max = 10'000;
    std::chrono::milliseconds watch_beat_ms{1'000};

    static constexpr std::array fields{
        wire::Field{"address", 1, 64, "Where the registry listens; 0.0.0.0 for all."},
        wire::Field{"port", 0, 65'535, "Its port; 0: any free one."},
        wire::Field{"peers", 0, 8,
                    "The other registries, as http://host:port: what one hears, all know."},
        wire::Field{"username", 0, 200,
                    "With a password: who asks must say both (HTTP Basic). Empty: nobody must."},
        wire::Field{"password", 0, 200, "Beside registry.username."},
        wire::Field{"catch_up_seconds_max", 0, 600,
                    "How long a start may wait for what the peers know, before it answers."},
        wire::Field{.name = "counts_leases_twice",
                    .doc = "A lease ends after twice its time, as with Netflix's server."},
        wire::Field{"removed_percent_max", 1, 100,
                    "Of one application at most so many in a hundred, and at least one, are "
                    "removed for silence in a minute."},
        wire::Field{"kept_leases_max", 0, 1'000, "Those beyond it are kept for so many leases."},
        wire::Field{"changes_kept_seconds", 60, 3'600,
                    "How long a change is told to who asks for changes only."},
        wire::Field{"broken_grace_ms", 0, 60'000,
                    "Whose connection broke has so long to be heard of again."},
        wire::Field{"instances_max", 1, 1'000'000, "More are refused with 503."},
        wire::Field{"watchers_max", 1, 100'000, "More are refused with 503."},
        wire::Field{"watch_beat_ms", 100, 60'000,
                    "A watcher that has nothing to hear gets a line of comment so often."},
    };
};
BOOST_DESCRIBE_STRUCT(Config, (),
                      (address, port, peers, username, password, catch_up_seconds_max,
                       counts_leases_twice, removed_percent_max, kept_leases_max,
                       changes_kept_seconds, broken_grace_ms, instances_max, watchers_max,
                       watch_beat_ms))

}  // namespace loquat::registry
