#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "services/registry/domain/instance.hpp"

namespace loquat::registry {

// The registry of itself: what Eureka calls StatusInfo.
struct ServerState {
    struct Peer {
        std::string name;
        bool is_reached = false;
    };
    Instance self;
    std::vector<Peer> peers;
    std::size_t applications = 0;
    std::size_t instances = 0;
    std::chrono::seconds up{0};  // since its start
    bool is_ready = true;
};

// As Netflix's server writes it, with its misspelt name.
std::string server_state_json(const ServerState& state);

}  // namespace loquat::registry
