#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "contracts/events/topics.hpp"

namespace loquat::contracts {

// Told under `presence.told`: one or more bodies for the queue `presence` of these people.
struct PeopleEvent {
    std::vector<UserId> users;
    std::string lines;  // a body each

    friend bool operator==(const PeopleEvent&, const PeopleEvent&) = default;
};

std::string encode(const PeopleEvent& event);
template <>
std::optional<PeopleEvent> decode<PeopleEvent>(std::string_view bytes);

}  // namespace loquat::contracts
