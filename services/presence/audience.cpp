#include "services/presence/audience.hpp"

#include <algorithm>

namespace loquat::presence {
namespace {

constexpr int attempts_max = 3;

}  // namespace

void Audience::remove(const UserId& user) {
    unread_.erase(user);
    listeners_.remove(user);
}

Task<PeopleByRoom> Audience::refresh(std::vector<UserId> changed) {
    for (int i = 0; i < attempts_max; ++i) {
        if (mark_.feed.empty()) {
            auto start = co_await memberships_.list_changes(mark_);
            mark_ = std::move(start.mark);
        }
        PeopleByRoom moving;
        co_await read(changed, moving);
        co_await read_listeners();
        auto news = co_await memberships_.list_changes(mark_);
        if (!news.complete) {
            forget_all();
            continue;
        }
        mark_ = std::move(news.mark);
        for (const contracts::MembershipChange& change : news.items) {
            listeners_.apply(change);
            moving.apply(change);
        }
        co_return moving;
    }
    throw Failure{Kind::unavailable, "upstream.unavailable", "Memberships change too fast."};
}

Task<void> Audience::read_listeners() {
    std::vector<UserId> users{unread_.begin(), unread_.end()};
    co_await read(std::move(users), listeners_);
    unread_.clear();
}

Task<void> Audience::read(std::vector<UserId> users, PeopleByRoom& into) {
    for (std::size_t at = 0; at < users.size(); at += MembershipsPort::users_max) {
        const std::size_t count = std::min(MembershipsPort::users_max, users.size() - at);
        const auto first = users.begin() + static_cast<std::ptrdiff_t>(at);
        std::vector<UserId> part{first, first + static_cast<std::ptrdiff_t>(count)};
        const auto all = co_await memberships_.list(std::move(part));
        for (const contracts::Memberships& one : all) {
            into.put(one.user_id, one.chat_ids);
        }
    }
}

// More has changed than chat remembers, or chat has begun anew.
void Audience::forget_all() {
    for (const UserId& user : listeners_.list_people()) {
        unread_.insert(user);
    }
    listeners_.clear();
    mark_ = {};
}

}  // namespace loquat::presence
