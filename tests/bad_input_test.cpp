#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/text.hpp"
#include "testing/event_reader.hpp"
#include "testing/http_caller.hpp"
#include "testing/platform/platform_under_test.hpp"

// Nothing that a client can send is answered with a 5xx, and what is accepted comes back as it was
// sent.
namespace loquat::test {
namespace {

const std::filesystem::path corpora = std::filesystem::path{LOQUAT_SOURCE_DIR} / "tests/corpora";

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::vector<std::string> naughty_strings() {
    std::vector<std::string> strings;
    const wire::Value all = wire::parse(read_file(corpora / "naughty-strings.json"));
    for (const wire::Value& one : *all.if_array()) {
        strings.push_back(*one.if_string());
    }
    return strings;
}

std::string object(std::initializer_list<wire::Member> members) {
    return wire::to_json(wire::Value{wire::Object{members}});
}

class BadInput : public testing::Test {
  protected:
    // Fails the test for a 5xx and gives the answer.
    Task<HttpCaller::Answer> call(std::string method, std::string target, std::string body) {
        auto answer = co_await caller_.call(method, target, token_, body);
        EXPECT_LT(answer.status, 500) << method << " " << target << "\n"
                                      << body << "\n"
                                      << answer.body;
        co_return answer;
    }
    Task<void> sign_in() {
        token_ = co_await caller_.make_user("ana");
        room_ = co_await caller_.make_room(token_, "General");
        co_await call("PATCH", "/api/chats/" + room_, R"({"assistant":{"enabled":true}})");
    }

    // The text as a prompt comes back as it was stored; in all other fields it is taken or refused.
    Task<void> ask_naughtily(std::string id, std::string text) {
        const std::string target = "/api/chats/" + room_ + "/generations";
        const std::string prompt =
            object({{"client_id", "g" + id}, {"prompt", text}, {"max_tokens", 1}});
        const auto started = co_await call("POST", target, prompt);
        EXPECT_TRUE(started.status == 201 || started.status == 422) << started.body;
        if (started.status == 201) {
            const wire::Value answer = wire::parse(started.body);
            EXPECT_EQ(*answer.find("message")->find("text")->if_string(),
                      normalise_line_ends(text));
            EventReader reader{loop_,
                               {.port = platform_.port(),
                                .target = started.text("generationId"),
                                .token = token_}};
            EXPECT_EQ(co_await reader.open(), 200);
            co_await reader.read_to_end();
        }
        const std::string fields = object({{"client_id", text},
                                           {"prompt", "x"},
                                           {"model", text},
                                           {"system_prompt", text},
                                           {"max_tokens", 1}});
        const auto refused = co_await call("POST", target, fields);
        EXPECT_TRUE(refused.status == 422) << refused.body;
        const std::string sent =
            object({{"chat_id", text}, {"message", text}, {"client_id", text}});
        co_await call("POST", "/api/chat/send", sent);
    }

    PlatformUnderTest platform_{
        {.settings = {"model.simulated.first_token_ms=0", "model.simulated.token_ms=0"}}};
    aio::Loop loop_{"client"};
    HttpCaller caller_{loop_, platform_.port()};
    std::string token_;
    std::string room_;
};

TEST_F(BadInput, naughty_strings_in_every_field_are_stored_unchanged_or_refused) {
    const std::vector<std::string> strings = naughty_strings();
    auto body = [&]() -> Task<void> {
        co_await sign_in();
        const std::string chats = "/api/chats/" + room_;
        int number = 0;
        for (const std::string& text : strings) {
            const std::string id = "n" + std::to_string(++number);
            const std::string message = object({{"client_id", id}, {"text", text}});
            const auto sent = co_await call("POST", chats + "/messages", message);
            // 202: accepted, and on a busy machine not stored yet.
            if (sent.status == 201 || sent.status == 202) {
                EXPECT_EQ(sent.text("text"), normalise_line_ends(text));
            } else {
                EXPECT_EQ(sent.status, 422) << text;
            }
            const std::string title = object({{"title", text}});
            const auto renamed = co_await call("PATCH", chats, title);
            EXPECT_TRUE(renamed.status == 200 || renamed.status == 422) << renamed.body;
            const std::string name = object({{"display_name", text}, {"email", text}});
            co_await call("PATCH", "/api/auth/me", name);
            const std::string login = object({{"login", text}, {"password", "x"}});
            co_await call("POST", "/api/auth/login", login);
            const std::string by_id = object({{"client_id", text}, {"text", "x"}});
            co_await call("POST", chats + "/messages", by_id);
            const std::string escaped = percent_encode(text);
            co_await call("GET", "/api/chats?query=" + escaped, "");
            co_await call("GET", "/api/users?query=" + escaped, "");
            co_await call("GET", "/api/users?cursor=" + escaped, "");
            co_await call("GET", "/api/chats/" + escaped, "");
            co_await call("GET", "/api/presence?user_ids=" + escaped, "");
            co_await call("GET", "/api/usage?time_zone=" + escaped + "&from=" + escaped, "");
            co_await call("GET", "/api/generations/" + escaped + "/stream?last_event_id=" + escaped,
                          "");
            co_await ask_naughtily(id, text);
        }
    };

    run_to_end(loop_, body());
}

TEST_F(BadInput, every_text_of_the_json_corpus_is_refused_or_ignored_as_a_body) {
    auto body = [&]() -> Task<void> {
        co_await sign_in();
        for (const auto& entry : std::filesystem::directory_iterator{corpora / "json"}) {
            if (entry.path().extension() != ".json") {
                continue;
            }
            const std::string text = read_file(entry.path());
            const std::array<std::string, 5> targets{
                "/api/chats", "/api/chats/" + room_ + "/messages", "/api/auth/login",
                "/api/chats/" + room_ + "/generations", "/api/chat/send"};
            for (const std::string& target : targets) {
                const auto answer = co_await call("POST", target, text);
                EXPECT_TRUE(answer.status >= 400 && answer.status < 500)
                    << entry.path() << " " << answer.status;
            }
        }
    };

    run_to_end(loop_, body());
}

TEST_F(BadInput, bodies_over_the_limit_and_of_another_type_are_told_so) {
    auto body = [&]() -> Task<void> {
        co_await sign_in();
        const std::string chats = "/api/chats/" + room_ + "/messages";
        const std::string long_text =
            object({{"client_id", "l"}, {"text", std::string(16'001, 'x')}});
        const auto too_long = co_await call("POST", chats, long_text);
        EXPECT_EQ(too_long.status, 422);
        EXPECT_EQ(too_long.text("code"), "message.too_long") << too_long.body;
        const std::string huge =
            object({{"client_id", "l"}, {"text", std::string(1'000'000, 'x')}});
        const auto too_large = co_await call("POST", chats, huge);
        EXPECT_EQ(too_large.status, 413);
        EXPECT_EQ(too_large.text("code"), "request.too_large") << too_large.body;
        const std::string longest =
            object({{"client_id", "m"}, {"text", std::string(16'000, 'x')}});
        EXPECT_EQ((co_await call("POST", chats, longest)).status, 201);
        const std::string asks = "/api/chats/" + room_ + "/generations";
        const std::string long_prompt =
            object({{"client_id", "l"}, {"prompt", std::string(16'001, 'x')}});
        EXPECT_EQ((co_await call("POST", asks, long_prompt)).text("code"), "message.too_long");
        const std::string huge_prompt =
            object({{"client_id", "l"}, {"prompt", std::string(1'000'000, 'x')}});
        EXPECT_EQ((co_await call("POST", asks, huge_prompt)).text("code"), "request.too_large");
        const std::string long_rules = object(
            {{"client_id", "l"}, {"prompt", "x"}, {"system_prompt", std::string(16'001, 'x')}});
        EXPECT_EQ((co_await call("POST", asks, long_rules)).status, 422);
    };

    run_to_end(loop_, body());
}

}  // namespace
}  // namespace loquat::test
