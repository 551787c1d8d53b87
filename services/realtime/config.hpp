#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "wire/describe.hpp"

namespace loquat::realtime {

struct Config {
    bool deflate = true;
    std::size_t compress_bytes_min = 1024;
    std::size_t connections_max = 200'000;
    std::chrono::milliseconds login_time_max_ms{10'000};
    std::chrono::milliseconds heart_beat_ms{10'000};
    std::chrono::milliseconds read_slack_ms{60'000};
    std::chrono::milliseconds ping_after_ms{25'000};
    std::chrono::milliseconds token_warning_ms{60'000};
    std::chrono::milliseconds linger_ms{2'000};
    std::chrono::milliseconds drain_spread_ms{5'000};
    std::size_t login_frame_bytes_max = 8'192;
    std::size_t body_bytes_max = 262'144;
    std::size_t queue_bytes_max = 262'144;
    std::size_t inbox_bytes_max = 262'144;
    std::size_t subscriptions_max = 1'000;
    std::size_t transactions_max = 16;
    std::size_t transaction_frames_max = 100;
    std::size_t unacked_max = 1'000;
    std::int64_t backlog_max = 2'000;

    static constexpr std::array fields{
        wire::Field{.name = "deflate", .doc = "Agree to permessage-deflate."},
        wire::Field{"compress_bytes_min", 64, 1 << 20, "Bytes; shorter frames are sent plain."},
        wire::Field{"connections_max", 1, 10'000'000, "Of one loop; more are answered 503."},
        wire::Field{"login_time_max_ms", 100, 600'000, "From the upgrade to CONNECTED."},
        wire::Field{"heart_beat_ms", 1'000, 600'000, "What the server offers and wants."},
        wire::Field{
            "read_slack_ms", 0, 3'600'000,
            "Silence allowed beside two periods; browsers throttle tabs to one beat a minute."},
        wire::Field{"ping_after_ms", 1'000, 3'600'000, "Silence after which a ping is sent."},
        wire::Field{"token_warning_ms", 0, 3'600'000, "token_expiring comes so long before."},
        wire::Field{"linger_ms", 0, 60'000, "Wait for the client to close after we have."},
        wire::Field{"drain_spread_ms", 0, 600'000, "A shutdown closes connections over this time."},
        wire::Field{"login_frame_bytes_max", 256, 1 << 20, "Bytes of a frame before CONNECTED."},
        wire::Field{"body_bytes_max", 1'024, 16 << 20, "Bytes of a frame's body."},
        wire::Field{"queue_bytes_max", 16'384, 64 << 20,
                    "Unsent bytes of one socket; beyond them events are dropped for a resync."},
        wire::Field{"inbox_bytes_max", 1'024, 64 << 20, "Frames that wait before reading pauses."},
        wire::Field{"subscriptions_max", 1, 100'000, "Of one connection."},
        wire::Field{"transactions_max", 0, 1'000, "Open at once on one connection."},
        wire::Field{"transaction_frames_max", 1, 1'000, "Frames held by one transaction."},
        wire::Field{"unacked_max", 1, 100'000, "Messages of one subscription that await an ACK."},
        wire::Field{"backlog_max", 0, 100'000, "Messages replayed at SUBSCRIBE; beyond: resync."},
    };
};
BOOST_DESCRIBE_STRUCT(Config, (),
                      (deflate, compress_bytes_min, connections_max, login_time_max_ms,
                       heart_beat_ms, read_slack_ms, ping_after_ms, token_warning_ms, linger_ms,
                       drain_spread_ms, login_frame_bytes_max, body_bytes_max, queue_bytes_max,
                       inbox_bytes_max, subscriptions_max, transactions_max, transaction_frames_max,
                       unacked_max, backlog_max))

}  // namespace loquat::realtime
