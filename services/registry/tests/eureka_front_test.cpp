#include "services/registry/eureka/front.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/failure.hpp"

namespace loquat::registry {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

struct Front : testing::Test {
    FakeClock clock;
    InstanceBook book{{}};
    std::vector<Replicated> told;
    EurekaFront front{book,
                      {"gateway"},
                      [this](Replicated one) { told.push_back(std::move(one)); },
                      [](Moment) { return ServerState{}; }};
    bool wants_json = true;
    bool is_trusted = false;
    Origin origin = Origin::client;

    EurekaReply ask(std::string_view method, std::vector<std::string> path,
                    std::vector<std::pair<std::string, std::string>> query = {},
                    std::string_view body = {}) {
        EurekaReply reply = front.answer({.method = method,
                                          .path = std::move(path),
                                          .query = std::move(query),
                                          .body = body,
                                          .wants_json = wants_json,
                                          .origin = origin,
                                          .is_trusted = is_trusted},
                                         {clock.now(), clock.steady()});
        if (reply.whole) {
            reply.body = reply.whole->plain();
        }
        return reply;
    }
    static std::string body_of(const std::string& app, const std::string& id,
                               const std::string& more = {}) {
        return R"({"instance":{"app":")" + app + R"(","instanceId":")" + id +
               R"(","hostName":"h","ipAddr":"1.2.3.4","vipAddress":")" + app +
               R"(.vip","dataCenterInfo":{"name":"MyOwn"})" + more + "}}";
    }
    int add(const std::string& app, const std::string& id, const std::string& more = {}) {
        const std::string body = body_of(app, id, more);
        return ask("POST", {"apps", app}, {}, body).status;
    }
};

TEST_F(Front, lets_an_instance_live_its_whole_life) {
    EXPECT_EQ(add("chat", "h:chat:1"), 204);
    EXPECT_EQ(ask("PUT", {"apps", "chat", "h:chat:1"}).status, 200);
    EXPECT_EQ(ask("PUT", {"apps", "CHAT", "h:chat:1"}, {{"status", "UP"}}).status, 200);
    EXPECT_THAT(ask("GET", {"apps"}).body, HasSubstr(R"("apps__hashcode":"UP_1_")"));
    EXPECT_EQ(ask("DELETE", {"apps", "chat", "h:chat:1"}).status, 200);
    EXPECT_EQ(ask("DELETE", {"apps", "chat", "h:chat:1"}).status, 404);
    EXPECT_EQ(ask("GET", {"apps"}).body,
              R"({"applications":{"versions__delta":"1","apps__hashcode":"","application":[]}})");
}

// A client takes a body of JSON for an instance.
TEST_F(Front, says_nothing_of_what_is_not_there) {
    for (const auto& reply :
         {ask("PUT", {"apps", "chat", "x"}), ask("GET", {"apps", "chat"}),
          ask("GET", {"apps", "chat", "x"}), ask("GET", {"instances", "x"}),
          ask("PUT", {"apps", "chat", "x", "status"}, {{"value", "DOWN"}}),
          ask("PUT", {"apps", "chat", "x", "metadata"}, {{"a", "b"}}), ask("GET", {"nowhere"})}) {
        EXPECT_EQ(reply.status, 404);
        EXPECT_EQ(reply.type + reply.body, "");
    }
}

TEST_F(Front, answers_a_name_of_nobody_with_no_application) {
    const EurekaReply reply = ask("GET", {"vips", "nobody"});

    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body,
              R"({"applications":{"versions__delta":"-1","apps__hashcode":"","application":[]}})");
}

TEST_F(Front, finds_instances_by_any_of_their_names) {
    add("chat", "a");
    add("mail", "b", R"(,"vipAddress2":"")");

    EXPECT_THAT(ask("GET", {"vips", "CHAT.vip"}).body, HasSubstr(R"("instanceId":"a")"));
    EXPECT_THAT(ask("GET", {"vips", "chat.vip,mail.vip"}).body, HasSubstr(R"("instanceId":"b")"));
    EXPECT_THAT(ask("GET", {"svips", "chat.vip"}).body, HasSubstr(R"("application":[])"));
    EXPECT_THAT(ask("GET", {"vips", "chat.vip"}).body,
                HasSubstr(R"("versions__delta":"-1","apps__hashcode":"UP_1_")"));
}

TEST_F(Front, refuses_with_the_words_that_clients_know) {
    const EurekaReply reply = ask("POST", {"apps", "CHAT"}, {}, body_of("mail", "a"));

    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.body, "Mismatched appName, expecting CHAT but was MAIL");
}

TEST_F(Front, refuses_names_that_no_path_or_cursor_could_hold) {
    EXPECT_EQ(add("a/b", "x"), 400);
    EXPECT_EQ(add(std::string(600, 'a'), "x"), 400);
    EXPECT_EQ(add("a", std::string(600, 'x')), 400);
    EXPECT_EQ(add("a", "x\\u0007"), 400);
    EXPECT_EQ(add("a", "h/x"), 204);
    EXPECT_EQ(book.size(), 1u);
}

TEST_F(Front, writes_xml_to_who_does_not_ask_for_json) {
    add("chat", "a");
    wants_json = false;

    EXPECT_THAT(ask("GET", {"apps"}).body, StartsWith("<applications><versions__delta>1<"));
    EXPECT_THAT(ask("GET", {"apps", "chat"}).body, StartsWith("<application><name>CHAT</name>"));
    EXPECT_THAT(ask("GET", {"instances", "a"}).body, StartsWith("<instance><instanceId>a<"));
    EXPECT_EQ(ask("GET", {"apps"}).type, "application/xml");
}

TEST_F(Front, tells_in_the_delta_what_changed_with_the_hash_of_everything) {
    add("chat", "a");
    add("mail", "b");
    ask("DELETE", {"apps", "mail", "b"});

    const std::string delta = ask("GET", {"apps", "delta"}).body;

    EXPECT_THAT(delta, HasSubstr(R"("apps__hashcode":"UP_1_")"));
    EXPECT_THAT(delta, HasSubstr(R"("actionType":"DELETED")"));
    EXPECT_THAT(delta, HasSubstr(R"("name":"MAIL")"));
}

TEST_F(Front, changes_a_status_until_that_is_taken_back) {
    add("chat", "a");
    EXPECT_EQ(ask("PUT", {"apps", "chat", "a", "status"}).status, 400);
    EXPECT_EQ(ask("PUT", {"apps", "chat", "a", "status"}, {{"value", "DANCING"}}).status, 400);
    EXPECT_EQ(ask("DELETE", {"apps", "chat", "a", "status"}, {{"value", "DANCING"}}).status, 400);
    EXPECT_EQ(ask("PUT", {"apps", "chat", "a", "status"}, {{"value", "OUT_OF_SERVICE"}}).status,
              200);
    EXPECT_THAT(ask("GET", {"apps", "chat", "a"}).body,
                HasSubstr(R"("status":"OUT_OF_SERVICE","overriddenStatus":"OUT_OF_SERVICE")"));
    EXPECT_EQ(ask("GET", {"serverinfo", "statusoverrides"}).body, R"({"a":"OUT_OF_SERVICE"})");

    EXPECT_EQ(ask("DELETE", {"apps", "chat", "a", "status"}, {{"value", "UP"}}).status, 200);
    EXPECT_THAT(ask("GET", {"apps", "chat", "a"}).body, HasSubstr(R"("status":"UP")"));
    EXPECT_EQ(ask("GET", {"serverinfo", "statusoverrides"}).body, "{}");
}

TEST_F(Front, tells_peers_what_a_client_did_and_never_what_a_peer_did) {
    add("chat", "a");
    ask("PUT", {"apps", "chat", "a"});
    ask("PUT", {"apps", "chat", "a", "status"}, {{"value", "DOWN"}});
    ask("DELETE", {"apps", "chat", "a"});

    ASSERT_EQ(told.size(), 4u);
    EXPECT_EQ(told[0].kind, Replicated::Kind::registered);
    EXPECT_EQ(told[0].instance->id, "a");
    EXPECT_EQ(told[2].status, Status::down);
    EXPECT_EQ(told[3].kind, Replicated::Kind::canceled);
    told.clear();
    origin = Origin::peer;
    add("chat", "b");
    EXPECT_THAT(told, IsEmpty());
}

TEST_F(Front, answers_each_task_of_a_peer_in_order) {
    add("chat", "a", R"(,"lastDirtyTimestamp":2000)");
    told.clear();

    const EurekaReply reply = ask(
        "POST", {"peerreplication", "batch"}, {},
        R"({"replicationList":[)"
        R"({"appName":"CHAT","id":"a","lastDirtyTimestamp":2000,"action":"Heartbeat"},)"
        R"({"appName":"CHAT","id":"a","lastDirtyTimestamp":1000,"action":"Heartbeat"},)"
        R"({"appName":"CHAT","id":"x","action":"Heartbeat"},)"
        R"({"appName":"MAIL","id":"m","action":"Register","instanceInfo":{"app":"MAIL",)"
        R"("instanceId":"m","hostName":"h","ipAddr":"1.2.3.4","dataCenterInfo":{"name":"MyOwn"}}},)"
        R"({"appName":"CHAT","id":"a","status":"DOWN","action":"StatusUpdate"},)"
        R"({"appName":"CHAT","id":"a","action":"Cancel"},)"
        R"({"appName":"CHAT","id":"a","action":"Dance"}]})");

    EXPECT_EQ(reply.status, 200);
    EXPECT_THAT(reply.body, StartsWith(R"({"responseList":[{"statusCode":200},{"statusCode":409,)"
                                       R"("responseEntity":{"instanceId":"a")"));
    EXPECT_THAT(reply.body, HasSubstr(R"({"statusCode":404},{"statusCode":200},{"statusCode":200},)"
                                      R"({"statusCode":200},{"statusCode":400}]})"));
    EXPECT_NE(book.find("mail", "m"), nullptr);
    EXPECT_THAT(told, IsEmpty());
}

TEST_F(Front, refuses_batches_that_are_none) {
    EXPECT_EQ(ask("POST", {"peerreplication", "batch"}, {}, "{}").status, 400);
    EXPECT_THROW(ask("POST", {"peerreplication", "batch"}, {}, "{"), Failure);
}

TEST_F(Front, lets_only_the_trusted_take_a_name_of_the_platforms_own) {
    EXPECT_EQ(add("Gateway", "a"), 403);
    is_trusted = true;
    EXPECT_EQ(add("Gateway", "a"), 204);
    is_trusted = false;
    EXPECT_EQ(ask("DELETE", {"apps", "gateway", "a"}).status, 403);
    EXPECT_EQ(ask("GET", {"apps", "gateway", "a"}).status, 200);
    EXPECT_THAT(ask("POST", {"peerreplication", "batch"}, {},
                    R"({"replicationList":[{"appName":"GATEWAY","id":"a","action":"Cancel"}]})")
                    .body,
                HasSubstr(R"("statusCode":403)"));
}

TEST_F(Front, shows_when_an_instance_was_heard_of_last) {
    add("chat", "a");
    clock.advance(5s);
    ask("PUT", {"apps", "chat", "a"});

    EXPECT_THAT(ask("GET", {"apps", "chat", "a"}).body,
                HasSubstr(R"("lastRenewalTimestamp":)" + std::to_string(to_unix_ms(clock.now()))));
}

TEST_F(Front, makes_a_whole_answer_once_for_a_version) {
    add("chat", "a");
    const EurekaRequest request{.method = "GET", .path = {"apps"}, .wants_json = true};
    const Moment now{clock.now(), clock.steady()};

    const auto first = front.answer(request, now).whole;

    EXPECT_EQ(front.answer(request, now).whole, first);
    add("chat", "b");
    EXPECT_THAT(front.answer(request, now).whole->plain(), HasSubstr("UP_2_"));
}

}  // namespace
}  // namespace loquat::registry
