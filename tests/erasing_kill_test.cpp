#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>

#include "aio/scope.hpp"
#include "base/failure.hpp"
#include "base/ids.hpp"
#include "testing/http_caller.hpp"
#include "testing/platform/program.hpp"
#include "testing/temporary_folder.hpp"

// The program is killed while it erases what a removed person wrote, and started again.
namespace loquat::test {
namespace {

constexpr int messages_max = 2'000;  // many parts of the job
constexpr int page_max = 200;

class ErasingKill : public testing::Test {
  protected:
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
    Task<void> write(HttpCaller& caller) {
        ana_ = co_await caller.make_user("ana");
        bob_ = co_await caller.make_user("bob");
        room_ = co_await caller.make_room(ana_, "Room");
        const auto me = co_await caller.call("GET", "/api/auth/me", bob_, "");
        bob_id_ = me.text("id");
        co_await expect_done(caller, "POST", "/api/chats/" + room_ + "/join", bob_, "{}");
        co_await post(caller, ana_, 0);
        for (int i = 1; i <= messages_max; ++i) {
            co_await post(caller, bob_, i);
        }
    }
    Task<void> post(HttpCaller& caller, std::string token, int number) {
        const std::string text = std::to_string(number);
        co_await expect_done(caller, "POST", "/api/chats/" + room_ + "/messages", token,
                             R"({"client_id":")" + text + R"(","text":"secret )" + text + "\"}");
    }
    Task<void> expect_done(HttpCaller& caller, std::string method, std::string target,
                           std::string token, std::string body) {
        const auto answer = co_await caller.call(method, target, token, body);
        EXPECT_LT(answer.status, 300) << method << " " << target << "\n" << answer.body;
    }
    Task<void> remove(HttpCaller* caller) {
        try {
            co_await caller->call("DELETE", "/api/admin/users/" + bob_id_ + "?messages=erase", ana_,
                                  "");
            was_answered_ = true;
        } catch (const Failure&) {
            // the program was killed
        }
    }
    std::string page_after(std::int64_t seq, int limit) const {
        return "/api/chats/" + room_ + "/messages?after_seq=" + std::to_string(seq) +
               "&limit=" + std::to_string(limit);
    }
    static std::size_t count(const std::string& text, std::string_view what) {
        std::size_t found = 0;
        for (std::size_t at = text.find(what); at != std::string::npos;
             at = text.find(what, at + 1)) {
            ++found;
        }
        return found;
    }
    // Messages with a text, of all in the room.
    Task<std::size_t> count_shown(HttpCaller& caller) {
        std::size_t shown = 0;
        for (std::int64_t seq = 0; seq <= messages_max; seq += page_max) {
            const auto page = co_await caller.call("GET", page_after(seq, page_max), ana_, "");
            EXPECT_EQ(page.status, 200) << page.body;
            shown += count(page.body, "\"text\":\"secret");
        }
        co_return shown;
    }

    TemporaryFolder folder_;
    std::string ana_;
    std::string bob_;
    std::string bob_id_;
    std::string room_;
    bool was_answered_ = false;
};

TEST_F(ErasingKill, is_followed_by_the_rest_of_the_job_after_the_next_start) {
    {
        Program program{words()};
        const std::uint16_t port = program.wait_until_ready();
        ASSERT_NE(port, 0) << program.errors();
        aio::Loop loop{"client"};
        HttpCaller caller{loop, port};
        auto body = [&]() -> Task<void> {
            co_await write(caller);
            aio::Scope removing{loop, "removing"};
            HttpCaller other{loop, port};
            removing.start(remove(&other));
            const auto begun = [](const HttpCaller::Answer& page) {
                return page.body.find("\"deleted_at\":\"") != std::string::npos;
            };
            co_await caller.get_until(page_after(0, 3), ana_, begun);
            program.signal(SIGKILL);
            program.wait_for_end();
            co_await removing.close();
        };
        run_to_end(loop, body());
    }
    if (was_answered_) {
        GTEST_SKIP() << "the job ended before the program could be killed";
    }

    Program program{words()};
    const std::uint16_t port = program.wait_until_ready();
    ASSERT_NE(port, 0) << program.errors();
    aio::Loop loop{"client"};
    HttpCaller caller{loop, port};
    auto body = [&]() -> Task<void> {
        const auto is_told = [](const HttpCaller::Answer& audit) {
            return audit.body.find("chat.messages_erased") != std::string::npos;
        };
        const auto audit = co_await caller.get_until("/api/audit?limit=200", ana_, is_told);
        EXPECT_EQ(count(audit.body, "chat.messages_erased"), 1U);
        const std::size_t shown = co_await count_shown(caller);
        EXPECT_EQ(shown, 1U) << "of ana";
        const auto room = co_await caller.call("GET", "/api/chats/" + room_, ana_, "");
        EXPECT_NE(room.body.find("\"unread\":0"), std::string::npos) << room.body;
        EXPECT_EQ(room.body.find("secret"), std::string::npos) << room.body;
    };
    run_to_end(loop, body());
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait_for_end(), 0);
}

}  // namespace
}  // namespace loquat::test
