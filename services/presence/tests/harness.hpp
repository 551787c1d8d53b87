#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "aio/loop.hpp"
#include "services/presence/adapters/memory_roster.hpp"
#include "services/presence/presence.hpp"
#include "testing/await.hpp"
#include "testing/world.hpp"
#include "wire/codec.hpp"

namespace loquat::presence {

using namespace std::chrono_literals;
using contracts::PresenceState;

// Conversations in memory, with the order in which their members came and went.
class FakeMemberships final : public MembershipsPort {
  public:
    Task<std::vector<UserId>> filter_peers(UserId user, std::vector<UserId> others) override {
        check();
        std::erase_if(others, [&](const UserId& other) { return !share(user, other); });
        co_return others;
    }
    Task<std::vector<contracts::Memberships>> list(std::vector<UserId> users) override {
        check();
        EXPECT_LE(users.size(), users_max);
        std::vector<contracts::Memberships> all;
        for (const UserId& user : users) {
            ++people_read;
            all.push_back({user, {}});
            for (const auto& [chat, members] : rooms) {
                if (members.contains(user)) {
                    all.back().chat_ids.push_back(chat);
                }
            }
        }
        if (after_list) {
            std::exchange(after_list, nullptr)();
        }
        co_return all;
    }
    Task<contracts::MembershipChanges> list_changes(contracts::MembershipMark after) override {
        check();
        contracts::MembershipChanges answer;
        answer.mark = {feed, static_cast<std::int64_t>(changes.size())};
        answer.complete = after.feed == feed && after.number >= forgotten;
        if (answer.complete) {
            answer.items.assign(changes.begin() + after.number, changes.end());
        }
        co_return answer;
    }

    void join(const ChatId& chat, const UserId& user) {
        rooms[chat].insert(user);
        changes.push_back({chat, user, true});
    }
    void leave(const ChatId& chat, const UserId& user) {
        rooms[chat].erase(user);
        changes.push_back({chat, user, false});
    }
    void end(const ChatId& chat) {
        rooms.erase(chat);
        changes.push_back({chat, std::nullopt, false});
    }
    void forget_changes() { forgotten = static_cast<std::int64_t>(changes.size()); }
    void restart() {
        feed += "'";
        changes.clear();
        forgotten = 0;
    }
    bool share(const UserId& one, const UserId& other) const {
        return std::ranges::any_of(rooms, [&](const auto& room) {
            return room.second.contains(one) && room.second.contains(other);
        });
    }

    std::map<ChatId, std::set<UserId>> rooms;
    std::string feed = "feed";
    std::vector<contracts::MembershipChange> changes;
    std::int64_t forgotten = 0;
    std::function<void()> after_list;
    std::size_t people_read = 0;
    int calls = 0;
    bool fails = false;

  private:
    void check() {
        ++calls;
        if (fails) {
            throw Failure{Kind::unavailable, "upstream.unavailable", "down"};
        }
    }
};

class FakeWatchers final : public WatchersPort {
  public:
    void tell(std::span<const UserId> watchers, std::span<const std::string_view> bodies) override {
        ++publications;
        deliveries += watchers.size() * bodies.size();
        for (const std::string_view body : bodies) {
            bytes += body.size();
            const bool is_resync = body.find("resync") != std::string_view::npos;
            resyncs += is_resync ? watchers.size() : 0;
            for (const UserId& watcher : watchers) {
                if (is_resync) {
                    reread.insert(watcher);
                } else {
                    told[watcher].push_back(read(body));
                }
            }
        }
    }
    const contracts::Presence& read(std::string_view body) {
        const auto [found, is_new] = known.try_emplace(std::string{body});
        if (is_new) {
            found->second = wire::from_json<contracts::Presence>(body);
        }
        return found->second;
    }
    std::map<std::string, contracts::Presence> known;
    std::set<UserId> reread;
    std::size_t deliveries = 0;
    std::map<UserId, std::vector<contracts::Presence>> told;
    std::size_t publications = 0;
    std::size_t bytes = 0;
    std::size_t resyncs = 0;
};

class PresenceTest : public testing::Test {
  protected:
    PresenceTest() {
        memberships.join(room, ann);
        memberships.join(room, bob);
    }

    void run(Task<void> task) { test::run_at_once(loop, std::move(task)); }
    void report(const std::string& node, std::vector<contracts::PresenceReportEntry> entries,
                bool whole = false) {
        run(presence.report({}, {node, whole, std::move(entries)}));
    }
    void publish() { run(presence.publish_changes()); }
    std::vector<contracts::Presence> ask(const UserId& who, std::vector<UserId> about) {
        std::vector<contracts::Presence> items;
        auto body = [&]() -> Task<void> {
            contracts::GetPresenceRequest request{std::move(about)};
            auto list = co_await presence.get_presence(test::caller_as(who), std::move(request));
            items = std::move(list.items);
        };
        run(body());
        return items;
    }

    aio::Loop loop{"test"};
    FakeClock clock;
    FakeMemberships memberships;
    ChatId room = ChatId::make();
    FakeWatchers watchers;
    UserId ann = UserId::make();
    UserId bob = UserId::make();
    UserId stranger = UserId::make();
    MemoryRoster roster{{}, clock};
    Presence presence{{roster, memberships, watchers}, clock};
};

}  // namespace loquat::presence
