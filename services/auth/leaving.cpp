#include "services/auth/leaving.hpp"

namespace loquat::auth {
namespace {

constexpr std::size_t listed_max = 100;

}  // namespace

Leaving::Wait::Wait(Leaving& leaving, UserId user) : leaving_(leaving), user_(user) {
    leaving_.waiting_.emplace(user, this);
}

Leaving::Wait::~Wait() {
    std::erase_if(leaving_.waiting_, [this](const auto& entry) { return entry.second == this; });
}

Task<std::vector<UserStore::Leaver>> Leaving::list() { return users_.list_leaving(listed_max); }

Task<void> Leaving::note_left(UserId user) {
    co_await users_.note_left(user);
    const auto [first, last] = waiting_.equal_range(user);
    for (auto at = first; at != last; ++at) {
        at->second->signal_.set();
    }
}

}  // namespace loquat::auth
