#include "services/registry/eureka/server_state.hpp"

#include <fmt/format.h>

#include <thread>

#include "services/registry/eureka/json.hpp"
#include "wire/json.hpp"

namespace loquat::registry {
namespace {

enum class Which : std::uint8_t { all, reached, silent };

// Names with commas, one behind the last too.
std::string names_of(const std::vector<ServerState::Peer>& peers, Which which) {
    std::string names;
    for (const ServerState::Peer& peer : peers) {
        if (which == Which::all || peer.is_reached == (which == Which::reached)) {
            names += peer.name + ",";
        }
    }
    return names;
}

// Hours may be more than two digits: 00:05, 120:00.
std::string hours_of(std::chrono::seconds time) {
    return fmt::format("{:02}:{:02}", time.count() / 3'600, time.count() / 60 % 60);
}

}  // namespace

std::string server_state_json(const ServerState& state) {
    std::string out = "{\"generalStats\":{";
    const auto text = [&out](std::string_view name, std::string_view value) {
        out += out.back() == '{' ? "" : ",";
        wire::append_json_string(out, name);
        out += ':';
        wire::append_json_string(out, value);
    };
    text("num-of-cpus", std::to_string(std::thread::hardware_concurrency()));
    text("server-uptime", hours_of(state.up));
    text("applications", std::to_string(state.applications));
    text("instances", std::to_string(state.instances));
    out += "},\"applicationStats\":{";
    text("registered-replicas", names_of(state.peers, Which::all));
    text("available-replicas", names_of(state.peers, Which::reached));
    text("unavailable-replicas", names_of(state.peers, Which::silent));
    out += "},\"instanceInfo\":";
    append_instance_json(out, state.self, Detail::full);
    out += std::string{",\"isHeathly\":"} + (state.is_ready ? "true" : "false") + "}";
    return out;
}

}  // namespace loquat::registry
