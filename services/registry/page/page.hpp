#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "contracts/registry/registry.hpp"

namespace loquat::registry {

struct PageContent {
    struct Peer {
        std::string name;
        bool is_reached = false;
        std::size_t waiting = 0;  // what it must still be told
    };
    contracts::RegistryPage shown;
    std::vector<contracts::RegistryChange> gone;
    std::string text;  // what was looked for
    bool is_ready = true;
    std::vector<Peer> peers;
    Time now;
};

// The page of the registry, whole without a script; with it, it follows the watch.
std::string registry_page(const PageContent& content);
std::string_view page_style();
std::string_view page_script();

}  // namespace loquat::registry
