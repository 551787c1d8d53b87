#include <gmock/gmock.h>

#include "services/registry/tests/harness.hpp"

namespace loquat::registry {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using namespace std::chrono_literals;

struct Peers : RegistryTest {
    Registry& make_with_peer() {
        make({&peer});
        EXPECT_TRUE(wait_for([this] { return made->is_ready(); }));
        return *made;
    }
    std::string all_batches() const {
        std::string all;
        for (const std::string& batch : peer.batches) {
            all += batch + "\n";
        }
        return all;
    }
};

TEST_F(Peers, hear_what_clients_did_here) {
    make_with_peer();
    add("chat", "a");
    ASSERT_TRUE(wait_for([this] { return !peer.batches.empty(); }));
    ask("DELETE", {"apps", "chat", "a"});
    ASSERT_TRUE(wait_for([this] { return peer.batches.size() == 2; }));

    EXPECT_THAT(peer.batches[0], HasSubstr(R"("appName":"CHAT","id":"a","action":"Register")"));
    EXPECT_THAT(peer.batches[0], HasSubstr(R"("instanceInfo":{"instanceId":"a")"));
    EXPECT_THAT(peer.batches[1], HasSubstr(R"("action":"Cancel")"));
}

TEST_F(Peers, never_hear_what_a_peer_said) {
    make_with_peer();

    add("chat", "a", {}, Origin::peer);
    ask("PUT", {"apps", "chat", "a"}, {}, Origin::peer);
    ask("DELETE", {"apps", "chat", "a"}, {}, Origin::peer);
    add("chat", "own");
    ASSERT_TRUE(wait_for([this] { return !peer.batches.empty(); }));

    EXPECT_THAT(all_batches(), Not(HasSubstr(R"("id":"a")")));
}

TEST_F(Peers, get_all_of_an_instance_that_they_do_not_know) {
    make_with_peer();
    add("chat", "a");
    ASSERT_TRUE(wait_for([this] { return !peer.batches.empty(); }));
    peer.batches.clear();
    peer.answer_batch = [](const std::string& body) {
        const bool is_beat = body.find("Heartbeat") != std::string::npos;
        return PeerAnswer{.status = 200,
                          .body = R"({"responseList":[{"statusCode":)" +
                                  std::string{is_beat ? "404" : "200"} + "}]}"};
    };

    ask("PUT", {"apps", "chat", "a"});
    ASSERT_TRUE(wait_for([this] { return peer.batches.size() == 2; }));

    EXPECT_THAT(peer.batches[0], HasSubstr("Heartbeat"));
    EXPECT_THAT(peer.batches[1], HasSubstr("Register"));
}

TEST_F(Peers, give_the_newer_copy_which_is_taken) {
    make_with_peer();
    add("chat", "a", R"(,"lastDirtyTimestamp":1000)");
    ASSERT_TRUE(wait_for([this] { return !peer.batches.empty(); }));
    peer.answer_batch = [](const std::string&) {
        return PeerAnswer{
            .status = 200,
            .body = R"({"responseList":[{"statusCode":409,"responseEntity":{"app":"CHAT",)"
                    R"("instanceId":"a","hostName":"newer","ipAddr":"1.2.3.4",)"
                    R"("dataCenterInfo":{"name":"MyOwn"},"lastDirtyTimestamp":2000}}]})"};
    };

    ask("PUT", {"apps", "chat", "a"});

    EXPECT_TRUE(wait_for([this] { return made->book().find("CHAT", "a")->host_name == "newer"; }));
    EXPECT_EQ(made->replicators()[0]->counts().conflicts, 1u);
}

TEST_F(Peers, that_were_away_are_told_later_what_they_missed) {
    make_with_peer();
    const auto answer = peer.answer_batch;
    peer.answer_batch = [](const std::string&) -> PeerAnswer {
        throw Failure{Kind::unavailable, "upstream.unavailable", "It is not there."};
    };
    add("chat", "a");
    add("chat", "b");
    ask("DELETE", {"apps", "chat", "b"});
    ASSERT_TRUE(wait_for([this] { return !peer.batches.empty(); }));
    peer.batches.clear();
    peer.answer_batch = answer;

    ASSERT_TRUE(wait_for([this] { return !peer.batches.empty(); }));

    EXPECT_THAT(all_batches(), HasSubstr(R"("id":"a","action":"Register")"));
    EXPECT_THAT(all_batches(), HasSubstr(R"("id":"b","action":"Cancel")"));
    EXPECT_THAT(all_batches(), Not(HasSubstr(R"("id":"b","action":"Register")")));
}

TEST_F(Peers, that_answer_nonsense_change_nothing) {
    make_with_peer();
    for (const char* body :
         {"", "{", "[]", R"({"responseList":7})", R"({"responseList":[7]})",
          R"({"responseList":[{"statusCode":"409"}]})",
          R"({"responseList":[{"statusCode":409,"responseEntity":{"app":"OTHER","instanceId":"a",)"
          R"("hostName":"h","ipAddr":"i","dataCenterInfo":{"name":"MyOwn"}}}]})"}) {
        peer.answer_batch = [body](const std::string&) {
            return PeerAnswer{.status = 200, .body = body};
        };
        peer.batches.clear();
        add("chat", "a");
        ASSERT_TRUE(wait_for([this] { return !peer.batches.empty(); })) << body;
    }

    EXPECT_EQ(made->book().size(), 1u);
    EXPECT_EQ(made->book().find_app("OTHER"), nullptr);
}

TEST_F(Peers, are_asked_for_what_they_know_before_anything_is_answered) {
    bool is_told = false;
    peer.answer_fetch = [&is_told] {
        const std::string all =
            R"({"applications":{"versions__delta":"1","apps__hashcode":"UP_1_","application":[)"
            R"({"name":"CHAT","instance":[{"app":"CHAT","instanceId":"a","hostName":"h",)"
            R"("ipAddr":"1.2.3.4","dataCenterInfo":{"name":"MyOwn"}},{"app":"CHAT"},7]}]}})";
        return is_told ? PeerAnswer{.status = 200, .body = all} : PeerAnswer{.status = 500};
    };
    make({&peer});
    EXPECT_TRUE(wait_for([this] { return peer.fetches > 1; }));
    EXPECT_FALSE(made->is_ready());

    is_told = true;

    EXPECT_TRUE(wait_for([this] { return made->is_ready(); }));
    EXPECT_NE(made->book().find("CHAT", "a"), nullptr);
    EXPECT_THAT(peer.batches, IsEmpty());
}

TEST_F(Peers, that_start_too_or_are_not_there_are_not_waited_for) {
    ScriptedPeer starting;
    starting.answer_fetch = [] { return PeerAnswer{.status = 503, .is_starting = true}; };

    make({&starting, &peer});

    EXPECT_TRUE(wait_for([this] { return made->is_ready(); }));
    EXPECT_EQ(starting.fetches, 1);
    EXPECT_EQ(peer.fetches, 1);
    run(made->stop(std::chrono::steady_clock::now()));
    made.reset();
}

TEST_F(Peers, hear_of_an_instance_whose_connection_broke) {
    make_with_peer();
    add("chat", "a");
    on_loop([this] { made->watch(std::nullopt, {{"CHAT", "a"}})->on_client_gone(); });
    ASSERT_TRUE(wait_for([this] { return !peer.batches.empty(); }));

    clock.advance(1s);
    on_loop([this] { made->sweep(); });

    EXPECT_TRUE(wait_for([this] {
        return all_batches().find(R"("id":"a","action":"Cancel")") != std::string::npos;
    }));
}

struct Tasks : testing::Test {
    PeerTasks tasks;
    Steady now{1h};

    void push(Replicated::Kind kind, const std::string& id) {
        tasks.push({.kind = kind, .app = "A", .id = id}, now);
    }
    std::vector<Replicated::Kind> take() {
        std::vector<Replicated::Kind> kinds;
        for (const auto& task : tasks.take(100, now)) {
            kinds.push_back(task->told.kind);
        }
        return kinds;
    }
};
using K = Replicated::Kind;

TEST_F(Tasks, say_of_each_instance_only_what_still_counts) {
    push(K::renewed, "a");
    push(K::renewed, "a");
    push(K::registered, "b");
    push(K::renewed, "b");
    push(K::registered, "b");
    push(K::registered, "c");
    push(K::overridden, "c");
    push(K::canceled, "c");

    EXPECT_TRUE(tasks.is_urgent());
    EXPECT_EQ(take(), (std::vector<K>{K::renewed, K::registered, K::canceled}));
    EXPECT_TRUE(tasks.empty());
    EXPECT_FALSE(tasks.is_urgent());
}

TEST_F(Tasks, are_given_up_when_their_time_is_over_or_there_are_too_many) {
    push(K::registered, "a");
    now += 31s;
    push(K::registered, "b");
    EXPECT_THAT(take(), SizeIs(1));
    EXPECT_EQ(tasks.given_up(), 1u);

    for (std::size_t i = 0; i < PeerTasks::tasks_max + 5; ++i) {
        push(K::registered, "i" + std::to_string(i));
    }
    EXPECT_EQ(tasks.size(), PeerTasks::tasks_max);
    EXPECT_EQ(tasks.given_up(), 6u);
}

TEST_F(Tasks, that_come_back_give_way_to_what_was_said_since) {
    push(K::registered, "a");
    push(K::renewed, "b");
    const auto sent = tasks.take(100, now);
    push(K::canceled, "a");
    push(K::renewed, "b");

    tasks.give_back(sent);

    EXPECT_EQ(take(), (std::vector<K>{K::canceled, K::renewed}));
}

}  // namespace
}  // namespace loquat::registry
