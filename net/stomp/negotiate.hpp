#pragma once
#include <chrono>
#include <optional>
#include <string_view>

#include "net/stomp/frame.hpp"

namespace loquat::net::stomp {

inline constexpr std::string_view supported_versions = "1.0,1.1,1.2";

// The highest version of `accept-version` that we speak; 1.0 when the header is absent; none when
// nothing is common.  STOMP 1.2, "Protocol Negotiation".
std::optional<Version> choose_version(std::optional<std::string_view> accept_version);

// A `heart-beat` header: what its sender can do and what it wants.  Zero: not at all.
struct HeartBeat {
    std::chrono::milliseconds can{0};
    std::chrono::milliseconds wants{0};
};
// None when it is not two numbers of at most nine digits.
std::optional<HeartBeat> parse_heart_beat(std::string_view text);

// The two periods that both sides agreed on; zero: that direction has no heart-beats.
struct BeatPlan {
    std::chrono::milliseconds send_every{0};
    std::chrono::milliseconds expect_every{0};
};
// "Heart-beating": for each direction the longer of the two, unless either is zero.
BeatPlan agree(HeartBeat ours, HeartBeat theirs);

}  // namespace loquat::net::stomp
