#include <gtest/gtest.h>

#include "testing/http_caller.hpp"
#include "testing/platform/platform_under_test.hpp"
#include "testing/stomp_client.hpp"

// Somebody's name is the present one wherever somebody looks, in both ways in which services call
// each other.
namespace loquat::test {
namespace {

Steady soon() { return std::chrono::steady_clock::now() + std::chrono::seconds{20}; }

class PresentName : public testing::TestWithParam<runtime::Calls> {
  protected:
    Task<HttpCaller::Answer> call(std::string method, std::string target, std::string token,
                                  std::string body = "") {
        HttpCaller http{loop_, platform_.port()};
        auto answer = co_await http.call(method, target, std::move(token), std::move(body));
        EXPECT_LT(answer.status, 300) << method << " " << target << "\n" << answer.body;
        co_return answer;
    }
    Task<void> prepare() {
        HttpCaller http{loop_, platform_.port()};
        ana_ = co_await http.make_user("ana");
        ben_ = co_await http.make_user("ben");
        const auto me = co_await call("GET", "/api/auth/me", ben_);
        const std::string ben = "[\"" + me.text("id") + "\"]}";
        const auto room = co_await call("POST", "/api/chats", ana_,
                                        R"({"kind":"group","title":"Room","member_ids":)" + ben);
        room_ = "/api/chats/" + room.text("id");
        co_await call("POST", "/api/chats", ana_, R"({"kind":"direct","member_ids":)" + ben);
        co_await say("1");
    }
    Task<void> say(std::string id) {
        co_await call("POST", room_ + "/messages", ben_,
                      R"({"client_id":")" + id + R"(","text":"hello"})");
    }
    Task<void> rename(std::string name) {
        co_await call("PATCH", "/api/auth/me", ben_, R"({"display_name":")" + name + "\"}");
    }
    // Whatever ana is shown of ben; the old name may be nowhere.
    Task<void> expect_everywhere(std::string name) {
        for (const std::string& target :
             {std::string{"/api/chats"}, room_ + "/messages", room_ + "/members",
              std::string{"/api/users"}, std::string{"/api/chats?query=robert"}}) {
            const auto seen = co_await call("GET", target, ana_);
            EXPECT_NE(seen.body.find(name), std::string::npos) << target << "\n" << seen.body;
            EXPECT_EQ(seen.body.find(R"("display_name":"ben")"), std::string::npos)
                << target << "\n"
                << seen.body;
        }
    }

    aio::Loop loop_{"client"};
    PlatformUnderTest platform_{
        {.calls = GetParam(), .settings = {"auth.hash_memory_kib=64", "auth.hash_passes=1"}}};
    std::string ana_;
    std::string ben_;
    std::string room_;
};

INSTANTIATE_TEST_SUITE_P(Calls, PresentName,
                         testing::Values(runtime::Calls::direct, runtime::Calls::loopback),
                         [](const auto& info) { return name_of(info.param); });

TEST_P(PresentName, is_told_live_and_stands_in_lists_and_messages_old_and_new) {
    auto body = [&]() -> Task<void> {
        co_await prepare();
        StompClient client{loop_};
        co_await client.open({.port = platform_.port()}, soon());
        const std::string end(1, '\0');
        co_await client.send_text("CONNECT\naccept-version:1.2\nAuthorization:Bearer " + ana_ +
                                  "\n\n" + end);
        co_await client.send_text("SUBSCRIBE\nid:l\nreceipt:l\ndestination:/user/queue/chats\n\n" +
                                  end);
        std::optional<net::stomp::Frame> frame;
        do {
            frame = co_await client.next(soon());
        } while (frame && frame->get_or_empty("receipt-id") != "l");

        co_await rename("Robert");

        bool is_told = false;
        bool is_retitled = false;
        while (!is_told || !is_retitled) {
            frame = co_await client.next(soon());
            if (!frame) {
                break;
            }
            is_told |= frame->body.find(R"("type":"user_changed")") != std::string::npos &&
                       frame->body.find("Robert") != std::string::npos;
            is_retitled |= frame->body.find(R"("title":"Robert")") != std::string::npos;
        }
        client.drop();
        EXPECT_TRUE(is_told);
        EXPECT_TRUE(is_retitled);
        co_await say("2");
        co_await expect_everywhere("Robert");
    };

    run_to_end(loop_, body());
}

TEST_P(PresentName, outlives_a_restart) {
    auto before = [&]() -> Task<void> {
        co_await prepare();
        co_await rename("Robert");
    };
    auto after = [&]() -> Task<void> { co_await expect_everywhere("Robert"); };

    run_to_end(loop_, before());
    platform_.restart();
    run_to_end(loop_, after());
}

TEST_P(PresentName, of_somebody_who_looks_like_another_is_said_to_be_shared) {
    auto body = [&]() -> Task<void> {
        co_await prepare();

        co_await rename("ANA");

        const auto seen = co_await call("GET", room_ + "/messages", ana_);
        const auto members = co_await call("GET", room_ + "/members", ana_);
        EXPECT_NE(seen.body.find(R"("name_shared":true)"), std::string::npos) << seen.body;
        EXPECT_NE(members.body.find(R"("name_shared":true)"), std::string::npos) << members.body;
    };

    run_to_end(loop_, body());
}

}  // namespace
}  // namespace loquat::test
