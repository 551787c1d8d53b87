#include <chrono>
#include <cstdio>
#include <ctime>

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
    double cpu_seconds = 0;
    auto body = [&]() -> Task<void> {
        const std::vector<UserId> others{users.begin() + 1, users.end()};
        const auto group = co_await world.make_group(users[0], others);
        co_await world.chat.list_members(world.as(users[0]),
                                         contracts::ListMembersRequest{.id = group.id});
        const std::string text(200, 'x');
        const std::clock_t cpu_began = std::clock();
        const auto began = std::chrono::steady_clock::now();
        for (int i = 0; i < messages; ++i) {
            auto request = text_of(group.id, "client-" + std::to_string(i), text);
            co_await world.chat.accept_message(
                world.as(users[static_cast<std::size_t>(i % senders)]), std::move(request));
        }
        cpu_seconds = static_cast<double>(std::clock() - cpu_began) / CLOCKS_PER_SEC;
        seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    };

    world.run(body());

    std::printf("accepted %d messages at %.0f a second, %.1f us of CPU each\n", messages,
                messages / seconds, cpu_seconds / messages * 1e6);
    EXPECT_EQ(world.log.appends, messages);
}

}  // namespace
}  // namespace loquat::chat
