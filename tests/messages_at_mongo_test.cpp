#include <gtest/gtest.h>
#include <signal.h>

#include "aio/run.hpp"
#include "testing/ferret_server.hpp"
#include "testing/http_caller.hpp"
#include "testing/platform/program.hpp"
#include "testing/temporary_folder.hpp"

// The program with its messages at a server that speaks MongoDB.
namespace loquat::test {
namespace {

class MessagesAtMongo : public testing::Test {
  protected:
    Program::Start with_url(const std::string& url) const {
        return {.environment = {"LOQUAT_STORE__MESSAGES__KIND=mongo",
                                "LOQUAT_STORE__MESSAGES__URL=" + url}};
    }
    std::vector<std::string> words() const {
        return {"up",
                "--port",
                "0",
                "--data",
                folder_.string(),
                "--set",
                "platform.log_level=error",
                "--set",
                "gateway.limits.enabled=false"};
    }
    // Runs `talk` with a program that is started for it and ended in order.
    template <class Talk>
    void with_program(Talk talk) {
        Program program{words(), with_url(ferret_.url())};
        const std::uint16_t port = program.wait_until_ready();
        ASSERT_NE(port, 0) << program.errors();
        aio::Loop loop{"client"};
        HttpCaller caller{loop, port};
        run_to_end(loop, talk(caller));
        program.signal(SIGTERM);
        EXPECT_EQ(program.wait_for_end(), 0) << program.errors();
    }
    // What a start says that ends at once.
    std::string refused(const std::string& url) const {
        Program program{words(), with_url(url)};
        EXPECT_NE(program.wait_for_end(), 0);
        return program.errors();
    }

    std::string messages() const { return "/api/chats/" + room_ + "/messages"; }
    Task<int> post(HttpCaller& caller, std::string text) {
        const std::string body = R"({"client_id":")" + text + R"(","text":")" + text + "\"}";
        const auto answer = co_await caller.call("POST", messages(), ana_, body);
        co_return answer.status;
    }
    // The page once it has that text, or as it was after a minute.
    Task<std::string> page_with(HttpCaller& caller, std::string text) {
        auto has_it = [text](const HttpCaller::Answer& page) {
            return page.body.contains("\"text\":\"" + text + "\"");
        };
        const auto page = co_await caller.get_until(messages(), ana_, has_it);
        co_return page.body;
    }
    static bool are_in_order(const std::string& page, const std::vector<std::string>& texts) {
        std::size_t at = 0;
        for (const std::string& text : texts) {
            const std::string one = "\"text\":\"" + text + "\"";
            at = page.find(one, at);
            if (at == std::string::npos || page.find(one, at + 1) != std::string::npos) {
                return false;
            }
        }
        return true;
    }

    FerretServer ferret_;
    TemporaryFolder folder_;
    std::string ana_;
    std::string room_;
};

TEST_F(MessagesAtMongo, are_there_after_a_restart_and_after_the_server_was_away) {
    with_program([this](HttpCaller& caller) -> Task<void> {
        ana_ = co_await caller.make_user("ana");
        room_ = co_await caller.make_room(ana_, "Room");
        EXPECT_LT(co_await post(caller, "one"), 300);
        const std::string page = co_await page_with(caller, "one");
        EXPECT_TRUE(are_in_order(page, {"one"})) << page;
    });

    with_program([this](HttpCaller& caller) -> Task<void> {
        const std::string before = co_await page_with(caller, "one");
        EXPECT_TRUE(are_in_order(before, {"one"})) << before;

        ferret_.kill();
        EXPECT_LT(co_await post(caller, "two"), 300) << "sending goes on";
        EXPECT_LT(co_await post(caller, "three"), 300);
        auto is_away = [](const HttpCaller::Answer& page) { return page.status == 503; };
        const auto away = co_await caller.get_until(messages(), ana_, is_away);
        EXPECT_EQ(away.text("code"), "store.unavailable") << away.body;

        ferret_.start();
        const std::string after = co_await page_with(caller, "three");
        EXPECT_TRUE(are_in_order(after, {"one", "two", "three"})) << after;
    });
}

TEST_F(MessagesAtMongo, are_refused_at_the_start_in_one_line_when_the_server_does_not_let_us_in) {
    const std::string wrong = refused(ferret_.url_as("loquat", "not-the-word"));
    const std::string unreadable = refused("mongodb://loquat:not-the-word@");

    EXPECT_TRUE(wrong.contains("MongoDB cannot be used: Authentication failed.")) << wrong;
    EXPECT_TRUE(unreadable.contains("store.messages.url must be mongodb://")) << unreadable;
    EXPECT_FALSE((wrong + unreadable).contains("not-the-word")) << wrong << unreadable;
}

TEST_F(MessagesAtMongo, are_not_looked_for_elsewhere_by_a_start_that_lost_the_setting) {
    with_program([this](HttpCaller& caller) -> Task<void> {
        ana_ = co_await caller.make_user("ana");
        EXPECT_FALSE(ana_.empty());
    });

    Program program{words()};
    EXPECT_NE(program.wait_for_end(), 0);
    EXPECT_TRUE(program.errors().contains("store.messages.kind=mongo")) << program.errors();
}

}  // namespace
}  // namespace loquat::test
