#include <gtest/gtest.h>

#include "testing/http_caller.hpp"
#include "testing/platform/nodes_under_test.hpp"

// Two whole platforms on the same servers while their Redis is away: what goes on all the same.
namespace loquat::test {
namespace {

class RedisAway : public testing::Test {
  protected:
    RedisAway()
        : nodes_({"model.simulated.scripts=true", "model.simulated.first_token_ms=1",
                  "model.simulated.token_ms=1", "gateway.limits.enabled=false"}),
          near_(loop_, nodes_.at(0).port()),
          far_(loop_, nodes_.at(1).port()) {}

    // So many that each node reads the partition of some of them.
    Task<void> make_rooms() {
        ana_ = co_await near_.make_user("ana");
        for (int i = 0; i < 12; ++i) {
            rooms_.push_back(co_await near_.make_room(ana_, "room " + std::to_string(i)));
        }
    }
    Task<HttpCaller::Answer> send(HttpCaller& at, std::string room, std::string text) {
        const std::string body = R"({"client_id":")" + text + R"(","text":")" + text + "\"}";
        co_return co_await at.call("POST", "/api/chats/" + room + "/messages", ana_, body);
    }
    static std::string place(const std::string& room, const HttpCaller::Answer& sent) {
        return "/api/chats/" + room + "/messages/" + sent.text("id");
    }

    NodesUnderTest nodes_;
    aio::Loop loop_{"client"};
    HttpCaller near_;
    HttpCaller far_;
    std::string ana_;
    std::vector<std::string> rooms_;
};

TEST_F(RedisAway, senders_hear_what_became_of_their_messages_edits_and_removals) {
    std::vector<int> sent;
    std::vector<int> edited;
    std::vector<int> removed;
    int again = 0;
    const auto story = [&]() -> Task<void> {
        co_await make_rooms();
        nodes_.redis().kill();
        for (const std::string& room : rooms_) {
            const auto one = co_await send(near_, room, "one");
            sent.push_back(one.status);
            const std::string edit = R"({"text":"two"})";
            const auto changed = co_await near_.call("PATCH", place(room, one), ana_, edit);
            edited.push_back(changed.status);
            const auto gone = co_await near_.call("DELETE", place(room, one), ana_, "");
            removed.push_back(gone.status);
        }
        nodes_.redis().start();
        again = (co_await send(near_, rooms_.front(), "three")).status;
    };

    run_to_end(loop_, story());

    EXPECT_EQ(sent, std::vector<int>(rooms_.size(), 201));
    EXPECT_EQ(edited, std::vector<int>(rooms_.size(), 200));
    EXPECT_EQ(removed, std::vector<int>(rooms_.size(), 200));
    EXPECT_EQ(again, 201);
}

TEST_F(RedisAway, changes_arrive_though_nobody_has_noticed_yet_that_it_sleeps) {
    std::vector<int> edited;
    const auto story = [&]() -> Task<void> {
        co_await make_rooms();
        std::vector<HttpCaller::Answer> sent;
        for (const std::string& room : rooms_) {
            sent.push_back(co_await send(near_, room, "one"));
        }
        nodes_.redis().pause();
        for (std::size_t i = 0; i < rooms_.size(); ++i) {
            const std::string edit = R"({"text":"two"})";
            const auto changed =
                co_await near_.call("PATCH", place(rooms_[i], sent[i]), ana_, edit);
            edited.push_back(changed.status);
        }
        nodes_.redis().resume();
    };

    run_to_end(loop_, story());

    EXPECT_EQ(edited, std::vector<int>(rooms_.size(), 200));
}

TEST_F(RedisAway, an_answer_is_read_and_stopped_at_the_other_node) {
    std::string seen;
    std::string state;
    int stopped = 0;
    const auto story = [&]() -> Task<void> {
        ana_ = co_await near_.make_user("ana");
        const auto chat =
            co_await near_.call("POST", "/api/chats", ana_, R"({"kind":"assistant"})");
        nodes_.redis().kill();
        const std::string prompt = R"({"client_id":"1","prompt":"[[endless]] [[slow 5]] Go on."})";
        const auto began = co_await near_.call(
            "POST", "/api/chats/" + chat.text("id") + "/generations", ana_, prompt);
        EXPECT_EQ(began.status, 201) << began.body;
        const std::string answer = "/api/generations/" + began.text("generationId");
        const auto is_streaming = [](const HttpCaller::Answer& now) {
            return now.text("state") == "streaming" && !now.text("text").empty();
        };
        const auto shown = co_await far_.get_until(answer, ana_, is_streaming);
        seen = shown.text("text");
        stopped = (co_await far_.call("POST", answer + "/cancel", ana_, "")).status;
        const auto is_over = [](const HttpCaller::Answer& now) {
            return now.text("state") == "canceled";
        };
        state = (co_await near_.get_until(answer, ana_, is_over)).text("state");
    };

    run_to_end(loop_, story());

    EXPECT_FALSE(seen.empty());
    EXPECT_EQ(stopped, 200);
    EXPECT_EQ(state, "canceled");
}

TEST_F(RedisAway, whoever_was_removed_at_one_node_is_refused_at_the_other) {
    int before = 0;
    int removed = 0;
    const auto story = [&]() -> Task<void> {
        ana_ = co_await near_.make_user("ana");
        const std::string eve = co_await near_.make_user("eve");
        const std::string room = co_await near_.make_room(ana_, "room");
        const std::string place = "/api/chats/" + room;
        co_await far_.call("POST", place + "/join", eve, "");
        const auto me = co_await far_.call("GET", "/api/auth/me", eve, "");
        before = (co_await far_.call("GET", place, eve, "")).status;
        nodes_.redis().kill();
        co_await near_.call("DELETE", place + "/members/" + me.text("id"), ana_, "");
        const auto page = co_await far_.get_until(
            place + "/messages", eve, [](const auto& now) { return now.status != 200; });
        removed = page.status;
    };

    run_to_end(loop_, story());

    EXPECT_EQ(before, 200);
    EXPECT_EQ(removed, 403);
}

TEST_F(RedisAway, whoever_signed_out_at_one_node_is_refused_at_the_other) {
    int before = 0;
    int after = 0;
    const auto story = [&]() -> Task<void> {
        const std::string eve = co_await near_.make_user("eve");
        before = (co_await far_.call("GET", "/api/auth/me", eve, "")).status;
        nodes_.redis().kill();
        co_await near_.call("POST", "/api/auth/logout", eve, "");
        const auto me = co_await far_.get_until("/api/auth/me", eve,
                                                [](const auto& now) { return now.status != 200; });
        after = me.status;
    };

    run_to_end(loop_, story());

    EXPECT_EQ(before, 200);
    EXPECT_EQ(after, 401);
}

}  // namespace
}  // namespace loquat::test
