#include <chrono>
#include <cstdio>

#include "services/chat/tests/world.hpp"

// Prints what one loop can accept; asserts only that all of it was accepted.
namespace loquat::chat {
namespace {

TEST(Speed, of_accepting_messages) {
    World world;
    constexpr int senders = 1'000;
    constexpr int messages = 50'000;
    std::vector<UserId> users;
    for (int i = 0; i < senders; ++i) {
        users.push_back(world.person("user" + std::to_string(i)));
    }
    double seconds = 0;
    auto body = [&]() -> Task<void> {
        const std::vector<UserId> others{users.begin() + 1, users.end()};
        const auto group = co_await world.make_group(users[0], others);
        co_await world.chat.list_members(world.as(users[0]), contracts::ListMembersRequest{.id = group.id});
        const std::string text(200, 'x');
        const auto began = std::chrono::steady_clock::now();
        for (int i = 0; i < messages; ++i) {
            auto request = text_of(group.id, "client-" + std::to_string(i), text);
            co_await world.chat.accept_message(world.as(users[static_cast<std::size_t>(i % senders)]), std::move(request));
        }
        seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    };

    world.run(body());

    std::printf("accepted %d messages at %.0f a second\n", messages, messages / seconds);
    EXPECT_EQ(world.log.appends, messages);
}

}  // namespace
}  // namespace loquat::chat
