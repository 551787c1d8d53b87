#pragma once
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "net/stomp/negotiate.hpp"
#include "net/stomp/parser.hpp"
#include "services/realtime/rooms/room_book.hpp"

namespace loquat::realtime {

// A frame whose answer needs other services, and what it is about.
struct FrameWork {
    struct SignIn {
        net::stomp::BeatPlan beats;
    };
    struct Refresh {};
    struct Subscribe {
        Address address;
        std::optional<std::int64_t> after;
        std::unique_ptr<RoomHold> hold;
        std::uint64_t removals = 0;  // of the room, when it was asked
        int checks = 0;
    };
    // Messages that came one behind the other; the first is the frame itself.
    struct Run {
        std::vector<net::stomp::Frame> more;
    };
    struct Commit {
        std::vector<net::stomp::Frame> held;
    };

    net::stomp::Frame frame;
    // Nothing where the answer is all that counts.
    std::variant<std::monostate, SignIn, Refresh, Subscribe, Run, Commit> what;
    bool is_done = false;
};

}  // namespace loquat::realtime
