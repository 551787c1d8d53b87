#include <gtest/gtest.h>

#include <thread>

#include "aio/loop.hpp"
#include "base/failure.hpp"
#include "services/chat/domain/assistant.hpp"
#include "services/chat/domain/context_window.hpp"
#include "services/chat/domain/generation_queue.hpp"
#include "services/chat/generations/event_list.hpp"
#include "services/chat/generations/stream_log.hpp"

namespace loquat::chat {
namespace {

using namespace std::chrono_literals;

constexpr std::array all_states{GenerationState::queued, GenerationState::streaming,
                                GenerationState::succeeded, GenerationState::failed,
                                GenerationState::canceled};

TEST(GenerationStates, end_once) {
    for (const GenerationState from : all_states) {
        for (const GenerationState to : all_states) {
            const bool goes_on = from == GenerationState::queued
                                     ? to != from && to != GenerationState::succeeded
                                     : from == GenerationState::streaming && is_terminal(to);

            EXPECT_EQ(may_follow(from, to), goes_on);
        }
    }
}

TEST(GenerationQueue, serves_in_order_and_knows_positions) {
    GenerationQueue queue{2};
    const UserId ana = UserId::make();
    const GenerationId a = GenerationId::make();
    const GenerationId b = GenerationId::make();
    const GenerationId c = GenerationId::make();

    queue.run(ana, a);
    const std::size_t first = queue.wait(ana, b);
    const std::size_t second = queue.wait(ana, c);

    EXPECT_EQ(first, 1U);
    EXPECT_EQ(second, 2U);
    EXPECT_FALSE(queue.has_room(ana));
    EXPECT_TRUE(queue.leave(ana, b));
    EXPECT_FALSE(queue.leave(ana, b));
    EXPECT_EQ(queue.position(ana, c), 1);
    EXPECT_EQ(queue.pass_on(ana, a), c);
    EXPECT_EQ(queue.pass_on(ana, c), std::nullopt);
    EXPECT_FALSE(queue.is_busy(ana));
}

contracts::StoredMessage message(std::int64_t seq, std::string text) {
    contracts::StoredMessage out;
    out.seq = seq;
    out.text = std::move(text);
    out.sender.username = "ana";
    out.sender.display_name = "Ana";
    return out;
}

ContextWindow::Room room(std::int64_t tokens) { return {tokens, tokens}; }

TEST(ContextWindow, drops_the_oldest_whole_messages) {
    ContextWindow window{ChatKind::assistant, "", room(2 * (tokens_each_message + 1))};

    EXPECT_TRUE(window.add_older(message(9, "now")));
    EXPECT_TRUE(window.add_older(message(8, "one")));
    EXPECT_FALSE(window.add_older(message(7, "two")));
    EXPECT_FALSE(window.add_older(message(6, "x")));

    const GenerationContext context = window.describe();
    EXPECT_EQ(context.messages, 2);
    EXPECT_EQ(context.dropped, 7);
    EXPECT_LE(context.tokens, context.tokens_max);
    const auto messages = window.take();
    EXPECT_EQ(messages.front().content, "one");
    EXPECT_EQ(messages.back().content, "now");
}

TEST(ContextWindow, takes_what_the_widest_model_reads_and_tells_what_the_own_one_does) {
    const std::int64_t one = tokens_each_message + 1;
    ContextWindow window{ChatKind::assistant, "", {2 * one, 4 * one}};

    for (std::int64_t seq = 9; seq > 0; --seq) {
        window.add_older(message(seq, "word"));
    }

    const GenerationContext context = window.describe();
    EXPECT_EQ(context.messages, 2);
    EXPECT_EQ(context.dropped, 7);
    EXPECT_EQ(context.tokens, 2 * one);
    EXPECT_EQ(context.tokens_max, 2 * one);
    EXPECT_EQ(window.own_dropped(), 2);
    EXPECT_EQ(window.left_out(), 5);
    EXPECT_EQ(window.take().size(), 4U);
}

TEST(ContextWindow, is_overfull_only_when_no_model_reads_the_prompt) {
    const std::int64_t one = tokens_each_message + 1;
    ContextWindow wide{ChatKind::assistant, "", {one - 1, one}};
    ContextWindow narrow{ChatKind::assistant, "", {one - 1, one - 1}};

    wide.add_older(message(2, "now"));
    narrow.add_older(message(2, "now"));

    EXPECT_FALSE(wide.is_overfull());
    EXPECT_TRUE(narrow.is_overfull());
}

TEST(ContextWindow, leaves_out_what_is_deleted_and_says_when_the_prompt_alone_is_too_much) {
    ContextWindow window{ChatKind::assistant, "Be kind.", room(10)};
    contracts::StoredMessage deleted = message(2, "");
    deleted.deleted_at = Time{};

    window.add_older(message(3, std::string(400, 'a') + " b c d e f g h i j k l m n o p"));
    window.add_older(deleted);

    EXPECT_TRUE(window.is_overfull());
    EXPECT_EQ(window.describe().messages, 1);
}

TEST(ContextWindow, sends_neither_what_is_deleted_nor_what_the_system_said) {
    ContextWindow window{ChatKind::assistant, "", room(1'000)};
    contracts::StoredMessage deleted = message(2, "secret");
    deleted.deleted_at = Time{};
    contracts::StoredMessage notice = message(1, "Ana joined");
    notice.sender.kind = contracts::ParticipantKind::system;

    window.add_older(message(3, "now"));
    window.add_older(deleted);
    window.add_older(notice);

    const auto messages = window.take();
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages.front().content, "now");
}

TEST(ContextWindow, counts_the_system_prompt_and_fits_to_the_last_token) {
    const std::int64_t one = tokens_each_message + 1;
    ContextWindow fits{ChatKind::assistant, "kind", room(3 * one)};
    ContextWindow short_by_one{ChatKind::assistant, "kind", room(3 * one - 1)};

    for (ContextWindow* window : {&fits, &short_by_one}) {
        window->add_older(message(2, "now"));
    }

    EXPECT_TRUE(fits.add_older(message(1, "one")));
    EXPECT_EQ(fits.describe().tokens, 3 * one);
    EXPECT_FALSE(short_by_one.add_older(message(1, "one")));
    EXPECT_EQ(short_by_one.describe().tokens, 2 * one);
}

TEST(ContextWindow, names_people_in_groups_only) {
    contracts::StoredMessage answer = message(1, "hello");
    answer.sender.kind = contracts::ParticipantKind::assistant;

    EXPECT_EQ(to_prompt(ChatKind::group, message(1, "hi")).content, "Ana: hi");
    EXPECT_EQ(to_prompt(ChatKind::direct, message(1, "hi")).content, "hi");
    EXPECT_EQ(to_prompt(ChatKind::group, answer).content, "hello");
    EXPECT_EQ(to_prompt(ChatKind::group, answer).role, contracts::PromptRole::assistant);
}

TEST(Titles, are_one_short_clean_line) {
    EXPECT_EQ(clean_title("\n  \"About plums.\"\nand more", 60), "About plums");
    EXPECT_EQ(clean_title("# **Plums**", 60), "Plums");
    EXPECT_EQ(clean_title("\xC3\xA9\xC3\xA9\xC3\xA9", 2), "\xC3\xA9\xC3\xA9");
    EXPECT_EQ(clean_title(" \"\" ", 60), "");
}

TEST(AssistantMentions, are_whole_names_outside_of_code) {
    EXPECT_TRUE(mentions_assistant("Well, @Assistant."));
    EXPECT_TRUE(mentions_assistant("(@assistant)"));
    EXPECT_FALSE(mentions_assistant("@assistants"));
    EXPECT_FALSE(mentions_assistant("`@assistant`"));
    EXPECT_FALSE(mentions_assistant("me@assistant.example"));
}

GenerationRecord ended_record() {
    GenerationRecord record;
    record.state = GenerationState::canceled;
    record.tokens = {3, 4, UsageSource::counted};
    const std::vector<GenerationEvent> told{
        {.kind = EventKind::state, .state = GenerationState::queued, .queue_position = 4},
        {.kind = EventKind::state, .state = GenerationState::streaming},
        {.kind = EventKind::delta, .delta = "one "},
        {.kind = EventKind::delta, .delta = std::string(300, 'x')}};
    for (const GenerationEvent& event : told) {
        add_told(record, event);
    }
    return record;
}

std::string json_of(const GenerationEvent& event) {
    std::string json;
    append_json(json, event);
    return json;
}

TEST(EventList, is_rebuilt_with_the_same_cuts) {
    const GenerationRecord record = ended_record();

    const auto events = rebuild_events(record);

    ASSERT_EQ(events.size(), 7U);
    EXPECT_EQ(count_events(record), 7U);
    EXPECT_EQ(json_of(events[0]), R"({"type":"state","state":"queued","queue_position":4})");
    EXPECT_EQ(events[2].delta, "one ");
    EXPECT_EQ(events[3].delta.size(), 300U);
    EXPECT_EQ(json_of(events[4]), R"({"type":"usage","inputTokens":3,"outputTokens":4})");
    EXPECT_EQ(json_of(events[5]), R"({"type":"state","state":"canceled"})");
    EXPECT_EQ(to_stream_text(7, events[6]), "event: done\nid: 7\ndata: {\"type\":\"done\"}\n\n");
}

// Runs a coroutine on a loop of its own.
template <class T>
T run_alone(Task<T> task) {
    aio::Loop loop{"reader"};
    std::optional<T> result;
    auto body = [](Task<T> inner, std::optional<T>& out, aio::Loop& on) -> Task<void> {
        out = co_await std::move(inner);
        on.stop();
    };
    loop.spawn(body(std::move(task), result, loop));
    loop.run();
    return std::move(*result);
}

// The only member there is.
StreamReader make_reader(runtime::StandingRights& rights) {
    auto waiter = std::make_shared<StreamWaiter>();
    auto right = rights.open(runtime::StandingRights::Member{}, [waiter] { wake(waiter); });
    return {std::move(waiter), std::move(right)};
}

Task<std::string> read_all(StreamLogPtr log, std::int64_t after) {
    FakeClock clock;
    runtime::StandingRights rights{clock};
    auto feed = make_stream_feed(std::move(log), after, make_reader(rights));
    std::string text;
    for (;;) {
        const auto pieces = co_await feed->next(std::chrono::steady_clock::now() + 60s);
        if (pieces.empty()) {
            co_return text;
        }
        for (const auto& piece : pieces) {
            EXPECT_LE(piece.text.size(), StreamLog::slice_bytes_max);
            text += piece.text;
        }
    }
}

TEST(StreamLog, gives_readers_of_other_loops_everything_in_order) {
    constexpr int events = 20'000;
    const auto log = std::make_shared<StreamLog>();
    std::string whole;
    std::vector<std::string> read(3);
    std::vector<std::jthread> readers;
    for (std::string& mine : read) {
        readers.emplace_back([log, &mine] { mine = run_alone(read_all(log, 0)); });
    }

    for (int i = 0; i < events; ++i) {
        const std::string text = std::to_string(i) + "\n";
        whole += text;
        log->append(text);
    }
    log->close();
    readers.clear();

    for (const std::string& mine : read) {
        EXPECT_EQ(mine, whole);
    }
}

TEST(StreamLog, ends_for_a_reader_that_cancels_while_it_waits) {
    const auto log = std::make_shared<StreamLog>();
    log->append("first");
    FakeClock clock;
    runtime::StandingRights rights{clock};
    auto body = [&]() -> Task<int> {
        auto feed = make_stream_feed(log, 1, make_reader(rights));
        aio::Loop::current().defer([&] { feed->cancel(); });

        const auto pieces = co_await feed->next(std::chrono::steady_clock::now() + 60s);

        EXPECT_TRUE(pieces.empty());
        co_return 0;
    };

    run_alone(body());
}

TEST(StreamLog, ends_for_readers_of_other_loops_when_they_lose_the_right) {
    const auto log = std::make_shared<StreamLog>();
    FakeClock clock;
    runtime::StandingRights rights{clock};
    std::atomic<int> reading = 0;
    auto read = [&]() -> Task<std::size_t> {
        auto feed = make_stream_feed(log, 0, make_reader(rights));
        ++reading;
        const auto pieces = co_await feed->next(std::chrono::steady_clock::now() + 60s);
        co_return pieces.size();
    };
    std::vector<std::size_t> got(3, 99);
    std::vector<std::jthread> readers;
    for (std::size_t& mine : got) {
        readers.emplace_back([&] { mine = run_alone(read()); });
    }
    while (reading < 3) {
        std::this_thread::yield();
    }

    rights.end(runtime::StandingRights::Member{});
    log->append("after");
    readers.clear();

    EXPECT_EQ(got, (std::vector<std::size_t>{0, 0, 0}));
    EXPECT_EQ(rights.size(), 0U);
}

TEST(StreamLog, shows_nothing_any_more_once_it_is_withdrawn) {
    const auto log = std::make_shared<StreamLog>();
    log->append("first");
    log->append("second");
    auto body = [&]() -> Task<int> {
        FakeClock clock;
        runtime::StandingRights rights{clock};
        auto feed = make_stream_feed(log, 1, make_reader(rights));

        log->withdraw();
        log->append("third");

        const auto pieces = co_await feed->next(std::chrono::steady_clock::now() + 60s);
        EXPECT_TRUE(pieces.empty());
        EXPECT_TRUE(log->is_withdrawn());
        co_return 0;
    };

    run_alone(body());
}

}  // namespace
}  // namespace loquat::chat
