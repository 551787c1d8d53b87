#include "services/presence/rereads.hpp"

#include <algorithm>

namespace loquat::presence {

std::vector<UserId> Rereads::take(const PeopleByRoom& listeners,
                                  const std::unordered_set<UserId>& everybody, Steady now) {
    const bool owes = owes_all_ || !rooms_.empty() || !people_.empty();
    if (round_.empty() && owes && now >= next_round_) {
        begin_round(listeners, everybody);
        next_round_ = now + round_min;
    }
    const std::size_t count = std::min(people_max, round_.size());
    const auto first = round_.end() - static_cast<std::ptrdiff_t>(count);
    std::vector<UserId> taken{first, round_.end()};
    round_.erase(first, round_.end());
    return taken;
}

void Rereads::begin_round(const PeopleByRoom& listeners,
                          const std::unordered_set<UserId>& everybody) {
    std::unordered_set<UserId> users = std::exchange(people_, {});
    if (std::exchange(owes_all_, false)) {
        users = everybody;
    }
    for (const ChatId& chat : std::exchange(rooms_, {})) {
        if (const PeopleByRoom::People* there = listeners.find(chat)) {
            users.insert(there->begin(), there->end());
        }
    }
    round_.assign(users.begin(), users.end());
}

}  // namespace loquat::presence
