#include <gtest/gtest.h>

#include "base/failure.hpp"
#include "net/websocket/frame.hpp"
#include "services/realtime/domain/close_codes.hpp"
#include "services/realtime/domain/destination.hpp"
#include "services/realtime/domain/origin.hpp"
#include "services/realtime/frames/address.hpp"
#include "services/realtime/socket/connection.hpp"
#include "services/realtime/socket/due.hpp"
#include "services/realtime/socket/outbox.hpp"

namespace loquat::realtime {
namespace {

using namespace std::chrono_literals;

struct Noted : Due {
    using Due::cancel;
    void on_due(Steady now) override {
        times.push_back(now);
        if (again > 0ms) {
            wheel->add(*this, now + again);
        }
    }
    DueWheel* wheel = nullptr;
    std::chrono::milliseconds again{0};
    std::vector<Steady> times;
};

TEST(CloseCodes, tell_a_client_whether_to_come_again) {
    EXPECT_EQ(close_code_of({Kind::unavailable, "store.full", ""}), 1013);
    EXPECT_EQ(close_code_of({Kind::timed_out, "call.timeout", ""}), 1013);
    EXPECT_EQ(close_code_of({Kind::unavailable, "server.restarting", ""}), 1012);
    EXPECT_EQ(close_code_of({Kind::unauthenticated, "auth.token_expired", ""}), 4401);
    EXPECT_EQ(close_code_of({Kind::malformed, "stomp.malformed", ""}), 1002);
    EXPECT_EQ(close_code_of({Kind::too_large, "request.too_large", ""}), 1009);
    EXPECT_EQ(close_code_of({Kind::internal, "internal", ""}), 1011);
    EXPECT_EQ(close_code_of({Kind::forbidden, "chat.forbidden", ""}), 1008);
}

TEST(Addresses, gives_equal_addresses_as_one_for_as_long_as_they_are_held) {
    Addresses book;
    const Address address{"q", "/user/queue/chats", AckMode::client, {}, 0};

    auto first = book.hold(address);
    const auto same = book.hold(address);
    const auto other = book.hold({"r", "/user/queue/chats", AckMode::client, {}, 0});

    EXPECT_EQ(first, same);
    EXPECT_EQ(first->serial, 1U);
    EXPECT_EQ(other->serial, 2U);
    for (std::uint32_t i = 0; i < 1'000; ++i) {
        book.hold({std::to_string(i), "/user/queue/chats", AckMode::automatic, {}, 0});
    }
    EXPECT_EQ(book.hold(address), first) << "those that nobody holds are forgotten";
    EXPECT_LE(book.size(), 100U);
}

TEST(DueWheel, is_never_early_and_at_most_a_slot_late) {
    FakeClock clock;
    DueWheel wheel{clock.steady()};
    const Steady begin = clock.steady();
    for (const auto wait : {0ms, 1ms, 249ms, 250ms, 10'000ms, 63'999ms, 64'000ms, 900'000ms}) {
        Noted noted;
        wheel.add(noted, clock.steady() + wait);
        const Steady due = clock.steady() + wait;
        while (noted.times.empty() && clock.steady() < begin + 10'000s) {
            wheel.advance(clock.steady());
            clock.advance(50ms);
        }
        ASSERT_EQ(noted.times.size(), 1U) << wait.count();
        EXPECT_GE(noted.times[0], due);
        EXPECT_LE(noted.times[0], due + 300ms);
    }
}

TEST(DueWheel, survives_long_pauses_and_changes_from_within) {
    FakeClock clock;
    DueWheel wheel{clock.steady()};
    Noted often;
    often.wheel = &wheel;
    often.again = 100ms;
    Noted cancelled;
    wheel.add(often, clock.steady() + 1s);
    wheel.add(cancelled, clock.steady() + 1s);
    cancelled.cancel();

    clock.advance(10min);
    wheel.advance(clock.steady());
    clock.advance(1s);
    wheel.advance(clock.steady());

    EXPECT_EQ(often.times.size(), 2U);
    EXPECT_TRUE(cancelled.times.empty());
}

SharedBatch batch_of(std::string_view payload, int frames = 1) {
    auto batch = std::make_shared<FrameBatch>();
    for (int i = 0; i < frames; ++i) {
        net::websocket::append_frame(batch->bytes, net::websocket::Opcode::text, payload);
    }
    return batch;
}

std::string all_of(const Outbox& outbox) {
    std::array<iovec, 16> parts;
    std::string bytes;
    for (std::size_t i = 0; i < outbox.fill(parts); ++i) {
        bytes.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
    }
    return bytes;
}

TEST(Outbox, keeps_answers_and_a_begun_frame_when_events_are_dropped) {
    Outbox outbox;
    outbox.add(batch_of("aaa", 3), Keep::if_quick);
    outbox.add_answer("receipt");
    outbox.add(batch_of("bbb"), Keep::if_quick);

    outbox.sent(7);
    const auto dropped = outbox.drop_events();

    EXPECT_EQ(dropped.size(), 2U);
    EXPECT_EQ(all_of(outbox), "aaareceipt") << "the rest of the second frame, then the answer";
    EXPECT_EQ(outbox.bytes(), 10U);
}

TEST(Outbox, forgets_exactly_what_was_sent) {
    Outbox outbox;
    outbox.add(batch_of("abc"), Keep::if_quick);
    outbox.add_answer("12345");
    const std::string all = all_of(outbox);

    for (std::size_t i = 1; i <= all.size(); ++i) {
        outbox.sent(1);
        EXPECT_EQ(all_of(outbox), all.substr(i));
        EXPECT_EQ(outbox.bytes(), all.size() - i);
    }
    EXPECT_TRUE(outbox.is_empty());
}

TEST(Destination, knows_both_names_of_a_room) {
    const ChatId chat = ChatId::make();

    EXPECT_EQ(parse_feed("/topic/chats/" + chat.to_string()).chat, chat);
    EXPECT_EQ(parse_feed("/topic/chat.room." + chat.to_string()).chat, chat);
    EXPECT_EQ(parse_feed("/user/queue/presence").feed, Feed::presence);
    EXPECT_EQ(parse_action("/app/chats/" + chat.to_string() + "/read").action, Action::read);
    EXPECT_TRUE(parse_action("/app/chat").chat.is_nil());
}

TEST(Destination, refuses_all_others) {
    const auto code_of = [](auto parse, std::string_view text) {
        try {
            parse(text);
            return std::string{};
        } catch (const Failure& failure) {
            return failure.code;
        }
    };

    EXPECT_EQ(code_of(parse_feed, "/topic/chats/nonsense"), "chat.not_found");
    EXPECT_EQ(code_of(parse_feed, "/topic/chats"), "stomp.unknown_destination");
    EXPECT_EQ(code_of(parse_feed, ""), "stomp.unknown_destination");
    EXPECT_EQ(code_of(parse_feed, "/user/queue/other"), "stomp.unknown_destination");
    EXPECT_EQ(code_of(parse_action, "/app/chats/x/messages"), "chat.not_found");
    EXPECT_EQ(code_of(parse_action, "/app/chats/x"), "stomp.unknown_destination");
    EXPECT_EQ(code_of(parse_action, "/topic/chats/x"), "stomp.unknown_destination");
}

TEST(Origin, is_the_host_itself_or_configured) {
    const std::vector<std::string> none;
    const std::vector<std::string> some{"https://app.example"};

    EXPECT_TRUE(is_allowed_origin("", "chat.example", none));
    EXPECT_TRUE(is_allowed_origin("https://chat.example", "chat.example", none));
    EXPECT_TRUE(is_allowed_origin("https://Chat.Example", "chat.example:443", none));
    EXPECT_TRUE(is_allowed_origin("http://localhost:8080", "localhost:8080", none));
    EXPECT_FALSE(is_allowed_origin("http://localhost:8081", "localhost:8080", none));
    EXPECT_FALSE(is_allowed_origin("https://evil.example", "chat.example", none));
    EXPECT_FALSE(is_allowed_origin("https://chat.example.evil", "chat.example", none));
    EXPECT_FALSE(is_allowed_origin("null", "chat.example", none));
    EXPECT_FALSE(is_allowed_origin("https://", "", none));
    EXPECT_TRUE(is_allowed_origin("https://app.example", "chat.example", some));
    EXPECT_FALSE(is_allowed_origin("https://evil.example", "chat.example", some));
}

TEST(Connection, is_small) {
    EXPECT_LE(sizeof(Connection), 720U);
    EXPECT_LE(sizeof(StompSubscription), 136U);
}

}  // namespace
}  // namespace loquat::realtime
