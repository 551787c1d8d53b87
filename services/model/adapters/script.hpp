#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace loquat::model {

// What a test asks of the simulated model, at the very beginning of the last message, or behind the
// `name: ` that a message in a room begins with:
//   [[fail start]]   fails before the first token
//   [[break 10]]     the stream breaks off after ten tokens
//   [[stall 10]]     says nothing more after ten tokens, until its deadline
//   [[endless]]      never ends by itself
//   [[tokens 64]]    exactly so many tokens
//   [[slow 200]]     so many milliseconds between tokens
// Several may stand one after the other.
struct Script {
    bool fails_at_start = false;
    bool is_endless = false;
    std::optional<std::int64_t> break_after;
    std::optional<std::int64_t> stall_after;
    std::optional<std::int64_t> tokens;
    std::optional<std::chrono::milliseconds> pace;
    std::string rest;  // the message without them

    // What is no instruction is part of the message.
    static Script parse(std::string_view message);
};

}  // namespace loquat::model
