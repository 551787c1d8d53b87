#include "services/realtime/tests/harness.hpp"
#include "wire/codec.hpp"

namespace loquat::realtime::testing {
namespace {

class Generations : public RealtimeTest {
  protected:
    // The generation's next event, as the chat service broadcasts it.
    void tell(const std::string& id, std::int64_t event_id, const std::string& event) {
        auto told =
            contracts::room_event(contracts::GenerationContinued{id, event_id, {event}}, {});
        told.number = event_id;
        told.stream = id;
        told.ends = event == R"({"type":"done"})";
        chat.publish(room, std::move(told));
    }
    void tell_delta(const std::string& id, std::int64_t event_id, const std::string& text) {
        tell(id, event_id, R"({"type":"delta","delta":")" + text + "\"}");
    }
    void tell_done(const std::string& id, std::int64_t event_id) {
        tell(id, event_id, R"({"type":"done"})");
    }
    // What the chat service says to whoever subscribes from now on.
    void runs(const std::string& id, std::int64_t event_id, const std::string& text) {
        std::erase_if(chat.generations[room],
                      [&](const auto& one) { return one.generationId == id; });
        contracts::LiveGeneration live;
        live.generationId = id;
        live.model = "sim";
        live.state = contracts::GenerationState::streaming;
        live.text = text;
        live.event_id = event_id;
        chat.generations[room].push_back(live);
    }
    // Event ids and what they say, such as `g1 3 snapshot Hel` or `resync`.
    static std::vector<std::string> said(Client& client) {
        std::vector<std::string> lines;
        for (const std::string& body : client.take_bodies()) {
            const wire::Value value = wire::parse(body);
            const wire::Value* event = value.find("event");
            if (event == nullptr) {
                lines.push_back(*value.find("type")->if_string());
                continue;
            }
            std::string line = *value.find("generationId")->if_string() + " " +
                               wire::to_json(*value.find("event_id")) + " " +
                               *event->find("type")->if_string();
            for (const char* name : {"delta", "text"}) {
                line += event->find(name) != nullptr ? " " + *event->find(name)->if_string() : "";
            }
            lines.push_back(line);
        }
        return lines;
    }
    using Lines = std::vector<std::string>;
};

TEST_F(Generations, reach_every_follower_in_order) {
    Client& ann = following("ann", room);
    Client& bob = following("bob", room);

    tell_delta("g1", 1, "Hel");
    tell_delta("g1", 2, "lo");
    tell_done("g1", 3);
    run();

    const Lines all{"g1 1 delta Hel", "g1 2 delta lo", "g1 3 done"};
    EXPECT_EQ(said(ann), all);
    EXPECT_EQ(said(bob), all);
}

TEST_F(Generations, are_told_once_when_the_broadcast_repeats_itself) {
    Client& ann = following("ann", room);

    tell_delta("g1", 1, "a");
    tell_delta("g1", 2, "b");
    tell_delta("g1", 2, "b");
    run();

    EXPECT_EQ(said(ann), (Lines{"g1 1 delta a", "g1 2 delta b"}));
}

TEST_F(Generations, start_with_a_snapshot_for_whoever_comes_in_the_middle) {
    runs("g1", 2, "Hello");

    Client& ann = following("ann", room);
    const auto frames = ann.take();
    tell_delta("g1", 3, "!");
    run();

    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(
        frames[0].body,
        R"({"type":"generation","generationId":"g1","user_id":"00000000-0000-0000-0000-000000000000",)"
        R"("model":"sim","event_id":2,"event":{"type":"snapshot","state":"streaming","text":"Hello",)"
        R"("queue_position":null}})");
    EXPECT_EQ(said(ann), Lines{"g1 3 delta !"});
}

TEST_F(Generations, say_where_they_wait_in_the_snapshot) {
    runs("g1", 1, "");
    chat.generations[room][0].state = contracts::GenerationState::queued;
    chat.generations[room][0].queue_position = 3;

    Client& ann = following("ann", room);

    EXPECT_NE(ann.take_one().body.find(R"("state":"queued","text":"","queue_position":3)"),
              std::string::npos);
}

TEST_F(Generations, are_not_repeated_when_the_broadcast_is_behind_the_snapshot) {
    Client& bob = following("bob", room);
    runs("g1", 3, "abc");
    Client& ann = following("ann", room);

    tell_delta("g1", 1, "a");
    tell_delta("g1", 2, "b");
    tell_delta("g1", 3, "c");
    tell_delta("g1", 4, "d");
    run();

    EXPECT_EQ(said(ann), (Lines{"g1 3 snapshot abc", "g1 4 delta d"}));
    EXPECT_EQ(said(bob).size(), 4U);
}

TEST_F(Generations, are_not_skipped_when_they_went_on_while_the_answer_was_on_its_way) {
    Client& bob = following("bob", room);
    tell_delta("g1", 1, "a");
    run();
    runs("g1", 1, "a");
    chat.held.insert("check");
    Client& ann = following("ann", room);

    tell_delta("g1", 2, "b");
    tell_delta("g2", 1, "new");
    run();
    release();
    tell_delta("g1", 3, "c");
    run();

    EXPECT_EQ(said(ann),
              (Lines{"g1 1 snapshot a", "g1 2 delta b", "g2 1 delta new", "g1 3 delta c"}));
    EXPECT_EQ(said(bob).size(), 4U);
}

TEST_F(Generations, that_ended_while_the_answer_was_on_its_way_end_for_the_newcomer_too) {
    Client& bob = following("bob", room);
    tell_delta("g1", 1, "a");
    run();
    runs("g1", 1, "a");
    chat.held.insert("check");
    Client& ann = following("ann", room);

    tell_delta("g1", 2, "b");
    tell_done("g1", 3);
    run();
    release();

    EXPECT_EQ(said(ann), (Lines{"g1 1 snapshot a", "g1 2 delta b", "g1 3 done"}));
    EXPECT_EQ(said(bob).size(), 3U);
}

TEST_F(Generations, that_had_ended_before_the_answer_are_not_told_in_parts) {
    Client& bob = following("bob", room);
    for (int i = 1; i <= 4; ++i) {
        tell_delta("g1", i, "x");
    }
    run();
    chat.held.insert("check");
    Client& ann = following("ann", room);

    tell_delta("g1", 5, "y");
    tell_done("g1", 6);
    run();
    release();

    EXPECT_EQ(said(ann), Lines{});
    EXPECT_EQ(said(bob).size(), 6U);
}

TEST_F(Generations, come_after_what_was_missed_of_the_conversation) {
    for (int i = 0; i < 3; ++i) {
        chat.post(room, "m", FakeChat::Announce::no);
    }
    runs("g1", 2, "ab");
    chat.held.insert("list");
    Client& ann = following("ann", room, "last-seq:0\n");

    tell_delta("g1", 2, "b");
    tell_delta("g1", 3, "c");
    run();
    release();
    tell_delta("g1", 4, "d");
    run();

    EXPECT_EQ(said(ann), (Lines{"message", "message", "message", "g1 2 snapshot ab", "g1 3 delta c",
                                "g1 4 delta d"}));
}

TEST_F(Generations, torn_by_a_lossy_broadcast_are_announced) {
    Client& ann = following("ann", room);
    tell_delta("g1", 1, "a");
    run();

    broadcast.announce_loss(contracts::topics::chat_room.name(room));
    tell_delta("g1", 9, "z");
    tell_delta("g1", 11, "!");
    run();

    EXPECT_EQ(said(ann),
              (Lines{"g1 1 delta a", "resync", "g1 9 delta z", "resync", "g1 11 delta !"}));
}

TEST_F(Generations, dropped_for_a_slow_reader_are_announced_and_cost_others_nothing) {
    Client& slow = following("ann", room);
    Client& quick = following("bob", room);
    slow.end->window = 0;
    for (int i = 1; i <= 100; ++i) {
        tell_delta("g1", i, std::string(10'000, 'x'));
        run();
    }

    slow.drain();
    const auto bodies = slow.take_bodies();
    tell_delta("g1", 101, "on");
    run();

    EXPECT_EQ(said(quick).size(), 101U);
    EXPECT_EQ(bodies,
              std::vector{R"({"type":"resync","from_seq":1,"to_seq":0,"generations":true})"s});
    EXPECT_EQ(said(slow), Lines{"g1 101 delta on"});
}

TEST_F(Generations, missed_together_with_messages_name_both) {
    Client& slow = following("ann", room);
    chat.post(room, "first");
    run();
    (void)slow.take();
    slow.end->window = 0;
    for (int i = 1; i <= 40; ++i) {
        tell_delta("g1", i, std::string(10'000, 'x'));
        chat.post(room, "m");
        run();
    }

    slow.drain();

    EXPECT_EQ(slow.take_bodies(),
              std::vector{R"({"type":"resync","from_seq":2,"to_seq":41,"generations":true})"s});
}

TEST_F(Generations, snapshot_that_a_socket_does_not_take_is_a_resync) {
    runs("g1", 7, std::string(1'000'000, 'x'));
    Client& ann = connected("ann");
    ann.end->window = 0;

    ann.subscribe("s1", room);
    run();
    ann.drain();

    EXPECT_EQ(said(ann), Lines{"resync"});
}

}  // namespace
}  // namespace loquat::realtime::testing
