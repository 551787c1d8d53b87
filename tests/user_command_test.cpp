#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <map>

#include "base/ids.hpp"
#include "testing/http_caller.hpp"
#include "testing/platform/program.hpp"
#include "testing/temporary_folder.hpp"

// `loquat user`: an account's whole life, beside a running platform and without one.
namespace loquat::test {
namespace {

class UserCommand : public testing::Test {
  protected:
    // `loquat user ...`, and what it said.
    std::string user(std::vector<std::string> words, int expected = 0) {
        words.insert(words.begin(), "user");
        words.insert(words.end(), {"--data", folder_.string()});
        Program program{words};
        const int code = program.wait_for_end();
        std::string said = program.errors() + program.output();
        EXPECT_EQ(code, expected) << words[1] << "\n" << said;
        return said;
    }
    static std::string password_in(const std::string& said) {
        constexpr std::string_view before = "password: ";
        const auto at = said.find(before);
        EXPECT_NE(at, std::string::npos) << said;
        return said.substr(at + before.size(), said.find('\n', at) - at - before.size());
    }

    // Starts a platform and lets `work` call it.
    void with_platform(const std::function<Task<void>(HttpCaller&)>& work) {
        Program program{
            {"up", "--port", "0", "--data", folder_.string(), "--set", "platform.log_level=warn"}};
        const std::uint16_t port = program.wait_until_ready();
        ASSERT_NE(port, 0) << program.errors();
        aio::Loop loop{"client"};
        HttpCaller caller{loop, port};
        run_to_end(loop, work(caller));
        program.signal(SIGTERM);
        EXPECT_EQ(program.wait_for_end(), 0);
    }
    static Task<HttpCaller::Answer> sign_in(HttpCaller& caller, std::string name,
                                            std::string password) {
        const std::string body = R"({"login":")" + name + R"(","password":")" + password + "\"}";
        co_return co_await caller.call("POST", "/api/auth/login", "", body);
    }

    TemporaryFolder folder_;
};

TEST_F(UserCommand, gives_a_sole_administrator_who_forgot_a_new_password) {
    user({"add", "ana", "--admin"});

    const std::string given = password_in(user({"passwd", "ANA"}));

    with_platform([&](HttpCaller& caller) -> Task<void> {
        const auto first = co_await sign_in(caller, "ana", given);
        EXPECT_EQ(first.status, 200) << first.body;
        const std::string beside = password_in(user({"passwd", "ana"}));
        const auto me = co_await caller.call("GET", "/api/auth/me", first.text("access_token"), "");
        EXPECT_EQ(me.status, 401);
        const auto old = co_await sign_in(caller, "ana", given);
        EXPECT_EQ(old.status, 401);
        const auto again = co_await sign_in(caller, "ana", beside);
        EXPECT_EQ(again.status, 200) << again.body;
    });
}

TEST_F(UserCommand, disables_enables_and_gives_roles_beside_a_running_platform) {
    user({"add", "ana", "--admin"});
    const std::string password = password_in(user({"add", "ben"}));

    with_platform([&](HttpCaller& caller) -> Task<void> {
        const auto signed_in = co_await sign_in(caller, "ben", password);
        const std::string token = signed_in.text("access_token");
        EXPECT_NE(user({"sessions", "ben"}).find("1 session"), std::string::npos);

        EXPECT_NE(user({"disable", "ben"}).find("[disabled]"), std::string::npos);
        const auto me = co_await caller.call("GET", "/api/auth/me", token, "");
        EXPECT_EQ(me.status, 401);
        const auto refused = co_await sign_in(caller, "ben", password);
        EXPECT_EQ(refused.status, 403);
        EXPECT_NE(refused.body.find("auth.account_disabled"), std::string::npos);

        user({"enable", "ben"});
        EXPECT_NE(user({"role", "ben", "admin"}).find("admin"), std::string::npos);
        const auto again = co_await sign_in(caller, "ben", password);
        EXPECT_NE(again.body.find(R"("role":"admin")"), std::string::npos);
        EXPECT_NE(user({"sessions", "ben", "--end-all"}).find("0 sessions"), std::string::npos);
    });
}

TEST_F(UserCommand, removes_an_account_and_says_what_becomes_of_what_it_wrote) {
    user({"add", "ana", "--admin"});
    user({"add", "ben"});

    EXPECT_NE(user({"remove", "ben"}, 2).find("--yes"), std::string::npos);
    const std::string said = user({"remove", "ben", "--yes"});

    EXPECT_NE(said.find("Messages stay"), std::string::npos);
    EXPECT_NE(user({"list"}).find("[removed]"), std::string::npos);
    EXPECT_NE(user({"passwd", "ben"}, 1).find("There is no user"), std::string::npos);
    with_platform([&](HttpCaller& caller) -> Task<void> {
        const std::string body = R"({"username":"ben","password":"a long password 1"})";
        const auto taken = co_await caller.call("POST", "/api/auth/register", "", body);
        EXPECT_EQ(taken.status, 409) << taken.body;
    });
}

TEST_F(UserCommand, cannot_take_the_last_administrator_away) {
    user({"add", "ana", "--admin"});

    for (const std::vector<std::string>& words : {std::vector<std::string>{"disable", "ana"},
                                                  {"role", "ana", "user"},
                                                  {"remove", "ana", "--yes"}}) {
        EXPECT_NE(user(words, 1).find("last"), std::string::npos);
    }
}

TEST_F(UserCommand, explains_each_of_its_commands) {
    for (const char* name :
         {"add", "list", "passwd", "disable", "enable", "role", "sessions", "remove"}) {
        Program program{{"user", name, "--help"}};
        EXPECT_EQ(program.wait_for_end(), 0) << name;
        EXPECT_NE(program.output().find("--data"), std::string::npos) << name;
        EXPECT_NE(program.output().find("  loquat user " + std::string{name}), std::string::npos)
            << program.output();
    }
}

TEST_F(UserCommand, names_of_the_house_are_given_by_it_alone) {
    user({"add", "support"});

    with_platform([&](HttpCaller& caller) -> Task<void> {
        for (const char* name : {"admin", "Root", "ad.min", "here", "loquat"}) {
            const std::string body =
                R"({"username":")" + std::string{name} + R"(","password":"a long password 1"})";
            const auto refused = co_await caller.call("POST", "/api/auth/register", "", body);
            EXPECT_EQ(refused.status, 422) << name;
            EXPECT_NE(refused.body.find(R"("code":"reserved")"), std::string::npos) << name;
        }
    });
}

}  // namespace
}  // namespace loquat::test
