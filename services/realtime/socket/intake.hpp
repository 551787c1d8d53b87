#pragma once
#include <vector>

#include "net/stomp/parser.hpp"
#include "net/websocket/reader.hpp"
#include "services/realtime/config.hpp"

namespace loquat::realtime {

// What the sockets of a loop read with: one buffer, and their limits.
struct Intake {
    explicit Intake(const Config& config);
    Intake(const Intake&) = delete;
    Intake& operator=(const Intake&) = delete;

    net::websocket::InflaterPool inflaters;
    net::websocket::ReadSettings websocket;
    net::stomp::ParseLimits login;   // before CONNECTED
    net::stomp::ParseLimits frames;  // after it
    std::vector<char> buffer;
};

}  // namespace loquat::realtime
