#include <gtest/gtest.h>

#include "aio/scope.hpp"
#include "aio/signal.hpp"
#include "tests/rights/scene.hpp"

// Answers of assistants, calls that wait, and what passes through the gateway.
namespace loquat::test {
namespace {

constexpr int quota_words = 2'100;

std::string many_words() {
    std::string text;
    for (int i = 0; i < quota_words; ++i) {
        text += "word ";
    }
    return text;
}

// "ends, 404": the stream gives no further event, and coming back is answered so.
Task<std::string> end_of(Scene& scene, EventReader& reader, std::string generation) {
    while (co_await reader.next()) {
    }
    if (reader.text() != "before") {
        co_return "goes on";
    }
    if (reader.is_done()) {
        co_return "tells its end";
    }
    EventReader again{scene.loop, scene.stream(generation, scene.bob, reader.last_id())};
    const int status = co_await again.open();
    co_return "ends, " + std::to_string(status);
}

// Bob follows an answer that Ana asked for.
Task<std::string> follow(Scene& scene, const Change& change) {
    const std::string id = co_await scene.ask(scene.ana, scene.room, "tell");
    const auto answer = co_await scene.next_answer("tell");
    EventReader reader{scene.loop, scene.stream(id, scene.bob)};
    EXPECT_EQ(co_await reader.open(), 200);
    answer->say("before");
    while (reader.text() != "before") {
        EXPECT_TRUE(co_await reader.next());
    }
    co_await change.make(scene);
    answer->say(" after");
    answer->finish(3, 2);
    co_return co_await end_of(scene, reader, id);
}

// Bob has seen a part of an answer that has ended, and comes back for the rest.
Task<std::string> come_back(Scene& scene, const Change& change) {
    const std::string id = co_await scene.ask(scene.ana, scene.room, "tell");
    const auto answer = co_await scene.next_answer("tell");
    answer->say("all of it");
    answer->finish(3, 3);
    EventReader reader{scene.loop, scene.stream(id, scene.bob)};
    EXPECT_EQ(co_await reader.open(), 200);
    co_await reader.read_to_end();
    co_await change.make(scene);
    EventReader again{scene.loop, scene.stream(id, scene.bob, 1)};
    const int status = co_await again.open();
    if (status != 200) {
        co_return std::to_string(status) + " " + code_of(again.refusal());
    }
    co_await again.read_to_end();
    EXPECT_EQ(again.text(), "all of it");
    co_return "given";
}

struct Sent {
    std::string outcome;
    aio::Signal came;
};

Task<void> send_and_wait(Scene* scene, Sent* sent) {
    sent->outcome =
        co_await scene->outcome("POST", "/api/chat/send", scene->bob,
                                R"({"chat_id":")" + scene->room + R"(","message":"send"})");
    sent->came.set();
}

// Bob waits for a whole answer in one call.  The answer's writer says its end only when the call
// has had its chance to end at once.
Task<std::string> wait_for_answer(Scene& scene, const Change& change) {
    Sent sent;
    aio::Scope scope{scene.loop, "call"};
    scope.start(send_and_wait(&scene, &sent));
    const auto answer = co_await scene.next_answer("send");
    answer->say("before");
    scene.use_up = [answer](Scene&) -> Task<void> {
        answer->say(many_words());
        co_return;
    };
    co_await change.make(scene);
    const std::vector<std::string> that_last{"token expired", "archived", "quota used up"};
    const bool lasts = std::ranges::find(that_last, change.column) != that_last.end();
    if (lasts) {
        answer->finish(3, 2);
    }
    EXPECT_TRUE(co_await sent.came.wait_until(soon())) << "the call has not ended";
    if (!lasts) {
        answer->finish(3, 2);
    }
    co_await scope.close();
    co_return sent.outcome == "200" ? "answered" : sent.outcome;
}

bool is_removal(const Change& change) { return change.column == "account removed"; }

Task<std::string> run(Scene& scene, const Change& change) {
    const std::string id = co_await scene.ask(scene.bob, scene.room, "run");
    const auto answer = co_await scene.next_answer("run");
    answer->say("before");
    scene.use_up = [answer](Scene&) -> Task<void> {
        answer->say(many_words());
        co_return;
    };
    co_await change.make(scene);
    const bool is_stopped = change.column == "membership lost" ||
                            change.column == "assistant off" || is_removal(change);
    if (is_stopped) {
        EXPECT_TRUE(co_await answer->abandoned(soon()));
    } else {
        answer->finish(3, 2);
    }
    std::string state;
    while (state.empty() || state == "streaming") {
        state = co_await scene.state_of(id);
    }
    co_return state == "succeeded" ? "goes on" : state == "gone" ? "canceled" : state;
}

// Of a removed account nothing begins any more, so its place is seen to be free when the answer
// ends.
Task<std::string> end_of(std::shared_ptr<ScriptedAnswer> answer) {
    const bool is_over = co_await answer->abandoned(soon());
    co_return is_over ? "is free at once" : "is kept";
}

// Bob's next question begins only when the one before gave its place back.
Task<std::string> hold_place(Scene& scene, const Change& change) {
    co_await scene.ask(scene.bob, scene.room, "run");
    const auto answer = co_await scene.next_answer("run");
    scene.use_up = [answer](Scene&) -> Task<void> {
        answer->say(many_words());
        co_return;
    };
    const std::string next = co_await scene.ask(scene.bob, scene.own_chat, "next");
    const std::size_t asked = scene.provider.asked();
    co_await change.make(scene);
    if (is_removal(change)) {
        co_return co_await end_of(answer);
    }
    const bool may_free = change.column == "membership lost" || change.column == "assistant off";
    if (may_free) {
        const auto second = co_await scene.next_answer("next");
        second->finish(3, 0);
        co_return "is free at once";
    }
    EXPECT_EQ(scene.provider.asked(), asked);
    answer->finish(3, 2);
    co_return "is kept";
}

// An answer that bob asked for waits while another of his is written.
Task<std::string> wait_in_queue(Scene& scene, const Change& change) {
    co_await scene.ask(scene.bob, scene.own_chat, "first");
    const auto first = co_await scene.next_answer("first");
    const std::string id = co_await scene.ask(scene.bob, scene.room, "waits");
    const std::string last = co_await scene.ask(scene.bob, scene.own_chat, "last");
    int tokens = 2;
    scene.use_up = [&tokens](Scene&) -> Task<void> {
        tokens = 3'000;
        co_return;
    };
    co_await change.make(scene);
    if (is_removal(change)) {
        const std::size_t asked = scene.provider.asked();
        EXPECT_TRUE(co_await first->abandoned(soon()));
        const std::string state = co_await scene.state_of(id);
        EXPECT_EQ(scene.provider.asked(), asked);
        co_return state == "gone" ? "canceled" : state;
    }
    first->say("done");
    first->finish(3, tokens);
    if (tokens > 2) {
        std::string state;
        while (!state.starts_with("failed")) {
            state = co_await scene.state_of(id);
        }
        co_return "refused, " + state.substr(state.find(' ') + 1);
    }
    const auto next = co_await scene.provider.next_answer();
    next->say("done");
    next->finish(3, 2);
    if (next->prompt().ends_with("waits")) {
        co_return "goes on";
    }
    const std::string state = co_await scene.state_of(id);
    co_return state.starts_with("failed") ? "refused, " + state.substr(state.find(' ') + 1)
    : state == "gone"                     ? "canceled"
                                          : state;
}

Task<std::string> read_history(Scene& scene, const Change& change) {
    const std::string target = "/api/chats/" + scene.room + "/messages";
    co_await scene.call("GET", target, scene.bob);
    co_await change.make(scene);
    const std::string came = co_await scene.outcome("GET", target, scene.bob);
    co_return came == "200" ? "given" : came;
}

// Who is there: known for both before the change.
Task<std::string> look_for(Scene& scene, const Change& change) {
    const std::string target = "/api/presence?user_ids=" + scene.ana_id;
    const auto known = co_await scene.call("GET", target, scene.bob);
    EXPECT_NE(known.body.find(scene.ana_id), std::string::npos);
    co_await change.make(scene);
    const auto now = co_await scene.http.call("GET", target, scene.bob, "");
    if (now.status != 200) {
        co_return std::to_string(now.status) + " " + code_of(now.body);
    }
    co_return now.body.find(scene.ana_id) == std::string::npos ? "not shown" : "shown";
}

// A stream of events of another server, behind a configured route.
Task<std::string> pass_through(Scene& scene, const Change& change) {
    net::http::Client client{scene.loop, {}};
    const net::http::Origin origin{.host = "127.0.0.1", .port = scene.port};
    net::http::ClientCall call{client, origin, soon()};
    const std::string body = R"({"messages":[{"content":"through"}]})";
    net::http::HeadWriter head = call.start("POST", "/behind/answers");
    head.add("Host", origin.authority());
    head.add("Authorization", "Bearer " + scene.bob);
    head.add("Content-Type", "application/json");
    co_await call.send(body, net::http::Replay::forbidden);
    const auto answer = co_await scene.next_answer("through");
    answer->say_raw("before");
    co_await call.read_head();
    EXPECT_EQ(call.head().status, 200);
    EXPECT_EQ(co_await call.read_body(), "before");
    co_await change.make(scene);
    answer->say_raw("after");
    answer->close();
    std::string came;
    try {
        came = co_await call.read_body();
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.code, "upstream.unavailable");
    }
    co_return came.empty() ? "ends" : "goes on";
}

}  // namespace

const std::vector<Thing>& answers_and_calls() {
    static const std::vector<Thing> all{
        {"event stream of an answer", follow},
        {"replay of an answer", come_back},
        {"call that waits for an answer", wait_for_answer},
        {"answer being written", run},
        {"answer in the queue", wait_in_queue},
        {"place of one's running answer", hold_place},
        {"page of history", read_history},
        {"who may see whom", look_for},
        {"event stream of another server", pass_through},
    };
    return all;
}

}  // namespace loquat::test
