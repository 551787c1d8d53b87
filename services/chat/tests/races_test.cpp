#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "aio/latch.hpp"
#include "services/chat/tests/membership_model.hpp"
#include "services/chat/tests/two_instances.hpp"

// Two instances decide at once: what came of it could have come one after the other.
namespace loquat::chat {
namespace {

using test::Keeping;

class Races : public testing::TestWithParam<Keeping> {
  protected:
    static constexpr std::size_t people_count = 5;
    static constexpr std::size_t acts_at_once = 5;

    struct Asked {
        contracts::Caller caller;
        contracts::CreateChatRequest request;
    };
    // Six ask at once, at both instances: one makes the conversation, and all are told of it.
    template <class Ask>
    Task<void> expect_one_conversation(Ask& ask) {
        std::vector<contracts::Reply<contracts::Chat>> made(6);
        std::size_t left = made.size();
        aio::Latch all;
        auto create = [&](std::size_t i) -> Task<void> {
            const Asked asked = ask(i);
            made[i] = co_await world.at(i).create_chat(asked.caller, asked.request);
            if (--left == 0) {
                all.open();
            }
        };
        for (std::size_t i = 0; i < made.size(); ++i) {
            world.loop.spawn(create(i));
        }
        co_await all.wait_until(Steady::max());

        EXPECT_EQ(std::ranges::count(made, 201, [](const auto& reply) { return reply.status; }), 1);
        for (const auto& reply : made) {
            EXPECT_EQ(reply.body.id, made.front().body.id);
        }
    }

    Races() {
        for (std::size_t i = 0; i < people_count; ++i) {
            people.push_back(world.person("person" + std::to_string(i)));
        }
    }

    Task<void> put(Act act, ChatId chat, MemberRole role) {
        const contracts::PutMemberRequest request{chat, people[act.target], role};
        co_await world.at(act.instance).put_member(world.as(people[act.actor]), request);
    }

    Task<void> update(Act act, ChatId chat) {
        contracts::UpdateChatRequest request;
        request.id = chat;
        if (act.what == What::rename) {
            request.title = "Title " + std::to_string(act.target);
        } else {
            request.archived = act.target % 2 == 0;
        }
        co_await world.at(act.instance).update_chat(world.as(people[act.actor]), request);
    }

    Task<void> run_act(Act act, ChatId chat) {
        contracts::ChatApi& service = world.at(act.instance);
        const auto caller = world.as(people[act.actor]);
        const contracts::ChatRef request{chat};
        const contracts::MemberRef member{chat, people[act.target]};
        switch (act.what) {
            case What::add:
            case What::demote:
                return put(act, chat, MemberRole::member);
            case What::make_admin:
                return put(act, chat, MemberRole::admin);
            case What::hand_over:
                return put(act, chat, MemberRole::owner);
            case What::remove:
                return service.remove_member(caller, member);
            case What::leave:
                return service.leave_chat(caller, request);
            case What::join:
                return service.join_chat(caller, request);
            case What::rename:
            case What::archive:
                return update(act, chat);
            case What::destroy:
                return service.delete_chat(caller, request);
        }
        return service.leave_chat(caller, request);
    }

    // All at once; their outcomes in order.
    Task<std::vector<std::string>> run_all(std::vector<Act> acts, ChatId chat) {
        std::vector<std::string> outcomes(acts.size());
        std::size_t left = acts.size();
        aio::Latch all;
        auto one = [&](std::size_t i) -> Task<void> {
            outcomes[i] = co_await test::code_of(run_act(acts[i], chat));
            if (--left == 0) {
                all.open();
            }
        };
        for (std::size_t i = 0; i < acts.size(); ++i) {
            world.loop.spawn(one(i));
        }
        co_await all.wait_until(Steady::max());
        co_return outcomes;
    }

    Task<Model> read_model(ChatId chat, bool is_public) {
        const auto stored = co_await world.stored(chat);
        Model model;
        if (!stored) {
            model.is_there = false;
            co_return model;
        }
        model.is_public = is_public;
        model.is_archived = stored->chat.is_archived;
        model.title = stored->chat.title;
        for (const MemberRecord& member : stored->members) {
            const auto at = std::ranges::find(people, member.user) - people.begin();
            model.members[static_cast<std::size_t>(at)] = member.role;
        }
        EXPECT_EQ(stored->chat.member_count, std::ssize(stored->members));
        co_return model;
    }

    // Whether some order of them has these outcomes and this end.
    static bool is_explained(const Model& begin, const std::vector<Act>& acts,
                             const std::vector<std::string>& outcomes, const Model& end) {
        std::vector<std::size_t> order(acts.size());
        for (std::size_t i = 0; i < order.size(); ++i) {
            order[i] = i;
        }
        do {
            Model model = begin;
            const bool fits = std::ranges::all_of(
                order, [&](std::size_t i) { return model.apply(acts[i]) == outcomes[i]; });
            if (fits && model == end) {
                return true;
            }
        } while (std::ranges::next_permutation(order).found);
        return false;
    }

    Task<void> race(std::uint32_t seed) {
        std::mt19937 random{seed};
        const auto pick = [&](std::size_t below) { return random() % below; };
        const bool is_public = pick(2) == 0;
        const auto made = co_await world.make_group(people[0], {people[1], people[2]},
                                                    is_public ? "public" : "private");
        co_await world.set_role(people[0], made.id, people[1], MemberRole::admin);
        co_await world.settle();
        for (int batch = 0; batch < 3; ++batch) {
            const Model begin = co_await read_model(made.id, is_public);
            std::vector<Act> acts;
            for (std::size_t i = 0; i < acts_at_once; ++i) {
                const auto what = static_cast<What>(pick(pick(4) == 0 ? whats : whats - 1));
                acts.push_back({what, pick(2), pick(people_count), pick(people_count)});
            }
            const auto outcomes = co_await run_all(acts, made.id);
            const Model end = co_await read_model(made.id, is_public);
            std::string story;
            for (std::size_t i = 0; i < acts.size(); ++i) {
                story += describe(acts[i]) + ": " + outcomes[i] + "\n";
            }
            EXPECT_TRUE(is_explained(begin, acts, outcomes, end)) << "seed " << seed << "\n"
                                                                  << story;
        }
    }

    TwoInstances world{Instances::several, GetParam()};
    std::vector<UserId> people;
};

TEST_P(Races, of_changes_end_as_if_they_had_come_one_after_the_other) {
    auto body = [&]() -> Task<void> {
        for (std::uint32_t seed = 1; seed <= 40; ++seed) {
            co_await race(seed);
        }
    };

    world.run_both(body());
}

TEST_P(Races, for_the_same_pair_make_one_conversation) {
    auto body = [&]() -> Task<void> {
        for (int round = 0; round < 10; ++round) {
            const UserId one = world.person("one" + std::to_string(round));
            const UserId other = world.person("other" + std::to_string(round));
            auto ask = [&](std::size_t i) {
                contracts::CreateChatRequest request;
                request.kind = ChatKind::direct;
                request.member_ids = {i % 3 == 0 ? other : one};
                return Asked{world.as(i % 3 == 0 ? one : other), request};
            };
            co_await expect_one_conversation(ask);
        }
    };

    world.run_both(body());
}

TEST_P(Races, for_one_key_make_one_conversation) {
    auto body = [&]() -> Task<void> {
        for (int round = 0; round < 10; ++round) {
            auto ask = [&, round](std::size_t) {
                contracts::CreateChatRequest request;
                request.title = "Once";
                auto caller = world.as(people[0]);
                caller.idempotency_key = "key " + std::to_string(round);
                return Asked{caller, request};
            };
            co_await expect_one_conversation(ask);
        }
    };

    world.run_both(body());
}

INSTANTIATE_TEST_SUITE_P(Stores, Races, testing::Values(Keeping::memory, Keeping::postgres),
                         [](const auto& info) { return test::name_of(info.param); });

// As many conversations as one may be in, and no more.
struct FewChats : testing::TestWithParam<Keeping> {
    static ChatConfig few() {
        ChatConfig config;
        config.chats_per_user_max = 3;
        return config;
    }
    TwoInstances world{Instances::several, GetParam(), few()};
};

TEST_P(FewChats, hold_when_one_joins_many_at_once) {
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        std::vector<ChatId> rooms;
        for (int i = 0; i < 8; ++i) {
            const UserId owner = world.person("owner" + std::to_string(i));
            rooms.push_back((co_await world.make_group(owner, {}, "public")).id);
        }
        std::vector<std::string> outcomes(rooms.size());
        std::size_t left = rooms.size();
        aio::Latch all;
        auto join = [&](std::size_t i) -> Task<void> {
            const contracts::ChatRef request{rooms[i]};
            outcomes[i] = co_await test::code_of(world.at(i).join_chat(world.as(ana), request));
            if (--left == 0) {
                all.open();
            }
        };
        for (std::size_t i = 0; i < rooms.size(); ++i) {
            world.loop.spawn(join(i));
        }
        co_await all.wait_until(Steady::max());

        EXPECT_EQ(std::ranges::count(outcomes, "ok"), 3);
        EXPECT_EQ(std::ranges::count(outcomes, "chat.chat_limit"), 5);
        EXPECT_EQ((co_await world.chats->list_places(ana)).size(), 3U);
    };

    world.run_both(body());
}

INSTANTIATE_TEST_SUITE_P(Stores, FewChats, testing::Values(Keeping::memory, Keeping::postgres),
                         [](const auto& info) { return test::name_of(info.param); });

}  // namespace
}  // namespace loquat::chat
