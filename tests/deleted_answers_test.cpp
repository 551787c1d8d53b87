#include <gtest/gtest.h>

#include "net/http/client.hpp"
#include "testing/event_reader.hpp"
#include "testing/http_caller.hpp"
#include "testing/platform/platform_under_test.hpp"
#include "testing/scripted_provider.hpp"
#include "testing/stomp_client.hpp"

// The text of an answer whose message was deleted is nowhere: on no route, in no stream and on no
// subscription, also after a restart.
namespace loquat::test {
namespace {

constexpr const char* secret = "loquacious";

Steady soon() { return std::chrono::steady_clock::now() + std::chrono::seconds{20}; }

class DeletedAnswer : public testing::TestWithParam<runtime::Calls> {
  protected:
    Task<HttpCaller::Answer> call(std::string method, std::string target, std::string body = "") {
        HttpCaller http{loop_, platform_.port()};
        auto answer = co_await http.call(method, target, token_, std::move(body));
        EXPECT_LT(answer.status, 300) << method << " " << target << "\n" << answer.body;
        co_return answer;
    }
    // An answer that was read to its end, in a room.
    Task<void> ask() {
        const auto room = co_await call("POST", "/api/chats",
                                        R"({"kind":"group","title":"Room","assistant":{}})");
        room_ = room.text("id");
        const auto started = co_await call("POST", "/api/chats/" + room_ + "/generations",
                                           R"({"client_id":"q","prompt":"Tell."})");
        answer_ = started.text("generationId");
        const auto answer = co_await provider_.next_answer();
        answer->say(secret);
        answer->finish(3, 2);
        const std::string seen = co_await read_stream(0);
        EXPECT_NE(seen.find(secret), std::string::npos);
    }
    // The whole stream after an event, as bytes.
    Task<std::string> read_stream(std::int64_t after) {
        net::http::Client client{loop_, {}};
        net::http::ClientRequest request{.origin = {.host = "127.0.0.1", .port = platform_.port()},
                                         .target = "/api/generations/" + answer_ + "/stream"};
        request.headers.append("Authorization", "Bearer " + token_);
        if (after > 0) {
            request.headers.append("Last-Event-ID", std::to_string(after));
        }
        auto response = co_await client.request(std::move(request), soon());
        co_return std::move(response.body);
    }
    // All that subscriptions show of the room and of the list, until an event behind it.
    Task<std::string> listen(std::string mark) {
        StompClient client{loop_};
        co_await client.open({.port = platform_.port()}, soon());
        const std::string end(1, '\0');
        co_await client.send_text("CONNECT\naccept-version:1.2\nAuthorization:Bearer " + token_ +
                                  "\n\n" + end);
        co_await client.send_text("SUBSCRIBE\nid:l\ndestination:/user/queue/chats\n\n" + end);
        co_await client.send_text(
            "SUBSCRIBE\nid:r\nlast-seq:0\nreceipt:r\ndestination:/topic/chats/" + room_ + "\n\n" +
            end);
        std::string shown;
        while (const auto frame = co_await client.next(soon())) {
            shown += frame->body + "\n";
            if (frame->get_or_empty("receipt-id") == "r") {
                co_await call("POST", "/api/chats/" + room_ + "/messages",
                              R"({"client_id":")" + mark + R"(","text":")" + mark + "\"}");
            }
            if (frame->get_or_empty("subscription") == "l" &&
                frame->body.find(mark) != std::string::npos) {
                break;
            }
        }
        client.drop();
        co_return shown;
    }
    Task<void> expect_nowhere(std::string when) {
        std::string shown;
        for (const std::string& target :
             {"/api/generations/" + answer_, "/api/chats/" + room_ + "/generations",
              "/api/chats/" + room_ + "/messages", "/api/chats/" + room_,
              std::string{"/api/chats"}}) {
            const auto answer = co_await call("GET", target);
            EXPECT_EQ(answer.body.find(secret), std::string::npos) << when << " " << target;
        }
        for (const std::int64_t after : {0, 1, 2}) {
            const std::string bytes = co_await read_stream(after);
            EXPECT_EQ(bytes.find(secret), std::string::npos) << when << " after " << after;
        }
        const std::string live = co_await listen(when);
        EXPECT_NE(live.find(when), std::string::npos);
        EXPECT_EQ(live.find(secret), std::string::npos) << when << "\n" << live;
    }
    void run(Task<void> body) { run_to_end(loop_, std::move(body)); }

    aio::Loop loop_{"client"};
    ScriptedProvider provider_{loop_};
    PlatformUnderTest platform_{{.calls = GetParam(), .configuration = provider_.configuration()}};
    std::string token_;
    std::string room_;
    std::string answer_;
};

TEST_P(DeletedAnswer, is_shown_nowhere_and_not_after_a_restart) {
    auto before = [&]() -> Task<void> {
        HttpCaller http{loop_, platform_.port()};
        token_ = co_await http.make_user("ana");
        co_await ask();
        const auto answer = co_await call("GET", "/api/generations/" + answer_);
        co_await call("DELETE", "/api/chats/" + room_ + "/messages/" + answer.text("message_id"));
        co_await expect_nowhere("deleted");
    };
    run(before());

    platform_.restart();

    auto after = [&]() -> Task<void> {
        co_await expect_nowhere("restarted");
        co_await provider_.close();
    };
    run(after());
}

INSTANTIATE_TEST_SUITE_P(Modes, DeletedAnswer,
                         testing::Values(runtime::Calls::direct, runtime::Calls::loopback),
                         [](const auto& info) { return name_of(info.param); });

}  // namespace
}  // namespace loquat::test
