#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "testing/mongo_base.hpp"
#include "testing/platform/program.hpp"
#include "tests/support/moving.hpp"

// `loquat export` and `loquat import` where messages are, or come to be, at MongoDB.
namespace loquat::test {
namespace {

class MoveMongo : public MovingTest {
  protected:
    Environment at_mongo() const {
        return {"LOQUAT_STORE__MESSAGES__KIND=mongo", "LOQUAT_STORE__MESSAGES__URL=" + base_.url()};
    }
    static void expect_done(const Said& said) { EXPECT_EQ(said.code, 0) << said.errors; }

    Task<std::string> post(HttpCaller& caller, std::string text) {
        const std::string body = R"({"client_id":")" + text + R"(","text":")" + text + "\"}";
        const auto sent = co_await caller.call("POST", messages_, token_, body);
        EXPECT_LT(sent.status, 300) << sent.body;
        co_return sent.text("id");
    }
    // Messages of which one is edited and one removed; killed with the last ones in the log alone.
    void make_installation(const std::string& data, const Environment& environment) {
        with_platform(data, environment, SIGKILL, [this](HttpCaller& caller) -> Task<void> {
            token_ = co_await caller.make_user("ada");
            messages_ = "/api/chats/" + co_await caller.make_room(token_, "Engines") + "/messages";
            const std::string first = co_await post(caller, "one");
            const std::string second = co_await post(caller, "two @ada");
            const auto edited =
                co_await caller.call("PATCH", messages_ + "/" + first, token_, R"({"text":"uno"})");
            EXPECT_LT(edited.status, 300) << edited.body;
            const auto removed =
                co_await caller.call("DELETE", messages_ + "/" + second, token_, "");
            EXPECT_LT(removed.status, 300) << removed.body;
            for (int i = 3; i <= 60; ++i) {
                co_await post(caller, "message " + std::to_string(i));
            }
        });
    }
    // The whole history as clients see it.
    std::string history(const std::string& data, const Environment& environment) {
        std::string page;
        with_platform(data, environment, SIGTERM, [&](HttpCaller& caller) -> Task<void> {
            auto is_whole = [](const HttpCaller::Answer& answer) {
                return answer.body.contains("message 60");
            };
            const auto answer =
                co_await caller.get_until(messages_ + "?limit=200", token_, is_whole);
            page = answer.body;
        });
        return page;
    }

    MongoBase base_;
    std::string token_;
    std::string messages_;
};

TEST_F(MoveMongo, takes_messages_from_a_folder_to_mongodb_through_kills_and_back) {
    make_installation("one", {});
    expect_done(export_from("one", "archive1", {}));
    const std::string before = history("one", {});
    for (const char* mark : {"messages:", "messages to MongoDB", "giving it free"}) {
        Program program{{"import", folder("archive1"), "--data", folder("two")},
                        {.environment = at_mongo()}};
        program.read_until(mark);
        program.signal(SIGKILL);
        program.wait_for_end();
    }

    expect_done(import_into("two", "archive1", at_mongo()));
    EXPECT_EQ(history("two", at_mongo()), before);
    EXPECT_FALSE(std::filesystem::exists(place_ / "two" / "messages.db"));
    EXPECT_FALSE(std::filesystem::exists(place_ / "two" / "moving"));

    expect_done(export_from("two", "archive2", at_mongo()));
    expect_done(import_into("three", "archive2", {}));
    EXPECT_EQ(history("three", {}), before);
}

TEST_F(MoveMongo, stores_first_what_is_in_the_log_alone) {
    make_installation("one", at_mongo());

    expect_done(export_from("one", "archive", at_mongo()));

    expect_done(import_into("two", "archive", {}));
    const std::string there = history("two", {});
    EXPECT_TRUE(there.contains(R"("text":"uno")"));
    EXPECT_FALSE(there.contains(R"("text":"two @ada")"));
}

TEST_F(MoveMongo, refuses_a_mongodb_that_has_messages) {
    make_installation("one", {});
    expect_done(export_from("one", "archive", {}));
    make_installation("other", at_mongo());

    const Said refused = import_into("two", "archive", at_mongo());

    EXPECT_EQ(refused.code, 1);
    EXPECT_TRUE(refused.errors.contains("its MongoDB has messages already")) << refused.errors;
}

}  // namespace
}  // namespace loquat::test
