#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <optional>

#include "testing/platform/program.hpp"
#include "testing/postgres_schema.hpp"
#include "tests/support/archive_edit.hpp"
#include "tests/support/moving.hpp"

// `loquat export` and `loquat import`: one installation that moves from a folder to a server and
// back, and loses nothing.
namespace loquat::test {
namespace {

namespace fs = std::filesystem;

constexpr int messages = 60;

class MoveCommand : public MovingTest {
  protected:
    // Databases at the server of this test; each service as a role of its own.
    Environment at_server() const {
        const std::string roles = base_.url_as(base_.name() + "_{service}") +
                                  "?passfile=" + (place_ / "{service}.pgpass").string();
        return {"LOQUAT_STORE__SQL__KIND=postgres", "LOQUAT_STORE__SQL__URL=" + roles,
                "LOQUAT_MIGRATE_URL=" + base_.url()};
    }
    Said migrate(const std::string& data) const {
        return run({"migrate", "--data", folder(data)}, at_server());
    }

    // People, a room with messages that mention one of them, and an answer that is being written.
    // The process is killed right after the last of it was acknowledged.
    void make_installation(const std::string& data) {
        with_platform(data, {}, SIGKILL, [this](HttpCaller& caller) -> Task<void> {
            const std::string token = co_await caller.make_user("ada");
            token_ = token;
            const std::string ben = co_await caller.make_user("ben");
            room_ = co_await caller.make_room(token, "Engines \"№1\"");
            co_await caller.call("POST", "/api/chats/" + room_ + "/join", ben, "{}");
            const std::string target = "/api/chats/" + room_ + "/messages";
            for (int i = 1; i <= messages; ++i) {
                const std::string number = std::to_string(i);
                const std::string body = R"({"client_id":"c)" + number + R"(","text":"Message )" +
                                         number + R"( @ben\n\tгрюße"})";
                const auto sent = co_await caller.call("POST", target, token, body);
                EXPECT_LT(sent.status, 300) << sent.body;
            }
            const auto made =
                co_await caller.call("POST", "/api/chats", token, R"({"kind":"assistant"})");
            const auto asked =
                co_await caller.call("POST", "/api/chats/" + made.text("id") + "/generations",
                                     token, R"({"client_id":"g","prompt":"What is a loquat?"})");
            EXPECT_LT(asked.status, 300) << asked.body;
        });
    }
    // Everything is there for who signs in as before, and goes on.
    void expect_everything(const std::string& data, Environment environment) {
        with_platform(
            data, std::move(environment), SIGTERM, [this](HttpCaller& caller) -> Task<void> {
                const auto me = co_await caller.call("GET", "/api/auth/me", token_, "");
                EXPECT_EQ(me.status, 200) << me.body;
                const auto signed_in =
                    co_await caller.call("POST", "/api/auth/login", "",
                                         R"({"login":"ada","password":")" + password_ + "\"}");
                EXPECT_EQ(signed_in.status, 200) << signed_in.body;
                const std::string token = signed_in.text("access_token");
                const std::string target = "/api/chats/" + room_ + "/messages";
                const auto old = co_await caller.call("GET", target + "?limit=200", token, "");
                for (int i = 1; i <= messages; ++i) {
                    const std::string wanted = "Message " + std::to_string(i) + " @ben";
                    EXPECT_NE(old.body.find(wanted), std::string::npos) << wanted;
                }
                co_await caller.call("POST", target, token,
                                     R"({"client_id":"later","text":"And on"})");
                const auto is_next = [](const HttpCaller::Answer& answer) {
                    return answer.body.contains("And on");
                };
                const auto later = co_await caller.get_until(target + "?limit=1", token, is_next);
                const std::string seq = "\"seq\":" + std::to_string(messages + 1) + ",";
                EXPECT_NE(later.body.find(seq), std::string::npos) << later.body;
                const std::string other = co_await caller.make_room(token, "Another");
                const auto sent =
                    co_await caller.call("POST", "/api/chats/" + other + "/messages", token,
                                         R"({"client_id":"o","text":"Other"})");
                EXPECT_LT(sent.status, 300) << sent.body;
                const auto has_it = [](const HttpCaller::Answer& answer) {
                    return answer.body.contains("Other");
                };
                const auto read =
                    co_await caller.get_until("/api/chats/" + other + "/messages", token, has_it);
                EXPECT_TRUE(has_it(read)) << read.body;
            });
    }

    static std::string rows_of(const Said& said, const std::string& table) {
        const std::string found = tables_of(said)[table];
        return found.substr(0, found.find(' '));
    }

    PostgresBase base_;
    std::string room_;
    std::string token_;  // of who was signed in before the move
    const std::string password_ = "a long password 1";
};

TEST_F(MoveCommand, takes_a_folder_to_a_server_and_back_with_the_same_hashes) {
    make_installation("one");
    const Said first = export_from("one", "archive1");
    ASSERT_EQ(first.code, 0) << first.errors;
    EXPECT_EQ(rows_of(first, "chat.generations"), "1");
    EXPECT_GT(std::stoi(rows_of(first, "messages.messages")), messages);
    EXPECT_EQ(rows_of(first, "messages.mentions"), std::to_string(messages));
    EXPECT_EQ(rows_of(first, "auth.users"), "2");

    ASSERT_EQ(migrate("two").code, 0);
    const Said there = import_into("two", "archive1", at_server());
    ASSERT_EQ(there.code, 0) << there.errors;
    const Said second = export_from("two", "archive2", at_server());
    ASSERT_EQ(second.code, 0) << second.errors;
    const Said back = import_into("three", "archive2");
    ASSERT_EQ(back.code, 0) << back.errors;
    const Said third = export_from("three", "archive3");
    ASSERT_EQ(third.code, 0) << third.errors;

    EXPECT_GT(tables_of(first).size(), 15U) << first.output;
    EXPECT_EQ(tables_of(there), tables_of(first));
    EXPECT_EQ(tables_of(second), tables_of(first));
    EXPECT_EQ(tables_of(back), tables_of(first));
    EXPECT_EQ(tables_of(third), tables_of(first));
    EXPECT_EQ(read_file(place_ / "archive3" / "auth-keys.json"),
              read_file(place_ / "archive1" / "auth-keys.json"));
    expect_everything("two", at_server());
    expect_everything("three", {});
}

TEST_F(MoveCommand, goes_on_with_an_import_that_was_killed_anywhere) {
    make_installation("one");
    const Said exported = export_from("one", "archive");
    for (const bool is_server : {false, true}) {
        const Environment environment = is_server ? at_server() : Environment{};
        const std::string data = is_server ? "server" : "folder";
        const std::vector<std::string> words{"import", folder("archive"), "--data", folder(data)};
        for (const char* mark : {"auth:", "chat:", "messages:", "usage:", "reading again"}) {
            Program program{words, {.environment = environment}};
            program.read_until(mark);
            program.signal(SIGKILL);
            program.wait_for_end();
        }

        const Said ended = import_into(data, "archive", environment);
        const Said again = import_into(data, "archive", environment);

        ASSERT_EQ(ended.code, 0) << ended.errors;
        EXPECT_EQ(tables_of(ended), tables_of(exported));
        EXPECT_EQ(again.code, 0) << again.errors;
    }
    ASSERT_EQ(migrate("server").code, 0);
    expect_everything("folder", {});
    expect_everything("server", at_server());
}

TEST_F(MoveCommand, lets_nothing_start_on_what_it_could_not_bring_in_and_names_the_part) {
    make_installation("one");
    ASSERT_EQ(export_from("one", "archive").code, 0);
    double_first_row(place_ / "archive", "usage.audit_logs.000001.jsonl");
    for (const bool is_server : {false, true}) {
        const Environment environment = is_server ? at_server() : Environment{};
        const std::string data = is_server ? "server" : "folder";

        ASSERT_TRUE(!is_server || migrate(data).code == 0);

        const Said imported = import_into(data, "archive", environment);
        const Said started = run({"up", "--port", "0", "--data", folder(data)}, environment);

        EXPECT_EQ(imported.code, 1);
        EXPECT_NE(imported.errors.find("usage.audit_logs.000001.jsonl: "), std::string::npos)
            << imported.errors;
        EXPECT_EQ(started.code, 1);
        EXPECT_NE(started.errors.find("has not come to its end"), std::string::npos)
            << started.errors;
    }
}

TEST_F(MoveCommand, stores_first_what_was_acknowledged_and_is_in_the_log_alone) {
    ASSERT_EQ(migrate("one").code, 0);
    std::optional<HeldTurn> turn;
    with_platform("one", at_server(), SIGKILL, [&](HttpCaller& caller) -> Task<void> {
        const std::string token = co_await caller.make_user("ada");
        const std::string target =
            "/api/chats/" + co_await caller.make_room(token, "Engines") + "/messages";
        turn.emplace(base_.url(), "messages");
        for (const char* body :
             {R"({"client_id":"a","text":"One"})", R"({"client_id":"b","text":"Two"})"}) {
            const auto sent = co_await caller.call("POST", target, token, body);
            EXPECT_LT(sent.status, 300) << sent.body;
        }
        const auto read = co_await caller.call("GET", target, token, "");
        EXPECT_FALSE(read.body.contains("One")) << read.body;
    });
    turn.reset();

    const Said exported = export_from("one", "archive", at_server());

    ASSERT_EQ(exported.code, 0) << exported.errors;
    EXPECT_EQ(rows_of(exported, "messages.messages"), "2");
}

TEST_F(MoveCommand, begins_an_export_anew_that_did_not_come_to_its_end) {
    make_installation("one");
    const Said whole = export_from("one", "archive");
    // What is there until the manifest is.
    fs::remove(place_ / "archive" / "manifest.json");
    std::ofstream{place_ / "archive" / "unfinished"} << "loquat export\n";
    const Said unfinished = import_into("two", "archive");

    const Said ended = export_from("one", "archive");

    EXPECT_EQ(unfinished.code, 1);
    EXPECT_NE(unfinished.errors.find("Run `loquat export` again"), std::string::npos);
    ASSERT_EQ(ended.code, 0) << ended.errors;
    EXPECT_EQ(tables_of(ended), tables_of(whole));
    EXPECT_EQ(import_into("two", "archive").code, 0);
}

TEST_F(MoveCommand, refuses_what_is_in_use) {
    make_installation("one");
    ASSERT_EQ(export_from("one", "archive").code, 0);
    ASSERT_EQ(migrate("two").code, 0);
    with_platform("two", at_server(), SIGTERM, [this](HttpCaller& caller) -> Task<void> {
        co_await caller.make_user("cem");
        const Said folder_held = export_from("two", "second", {});
        EXPECT_EQ(folder_held.code, 1);
        const Said exported = export_from("other", "second", at_server());
        EXPECT_EQ(exported.code, 1);
        EXPECT_NE(exported.errors.find("Stop all of them first"), std::string::npos)
            << exported.errors;
        const Said imported = import_into("other", "archive", at_server());
        EXPECT_EQ(imported.code, 1);
        EXPECT_NE(imported.errors.find("Stop all of them first"), std::string::npos)
            << imported.errors;
    });
    with_platform("one", {}, SIGTERM, [this](HttpCaller& caller) -> Task<void> {
        co_await caller.make_user("cem");
        const Said said = export_from("one", "second");
        EXPECT_EQ(said.code, 1);
        EXPECT_NE(said.errors.find("is in use by process"), std::string::npos) << said.errors;
    });
}

TEST_F(MoveCommand, refuses_a_target_that_has_something_else) {
    make_installation("one");
    ASSERT_EQ(export_from("one", "archive").code, 0);
    const Work make_dan = [](HttpCaller& caller) -> Task<void> {
        co_await caller.make_user("dan");
    };
    with_platform("two", {}, SIGTERM, make_dan);
    const Said before = export_from("two", "kept");

    const Said refused = import_into("two", "archive");

    EXPECT_EQ(refused.code, 1);
    EXPECT_NE(refused.errors.find("The target is not empty"), std::string::npos) << refused.errors;
    EXPECT_EQ(tables_of(export_from("two", "kept2")), tables_of(before));
}

TEST_F(MoveCommand, checks_an_archive_and_names_the_part_that_was_changed) {
    make_installation("one");
    const Said exported = export_from("one", "archive");
    const std::vector<std::string> check{"import", folder("archive"), "--check"};

    const Said good = run(check);
    const fs::path part = place_ / "archive" / "messages.messages.000001.jsonl";
    std::string text = read_file(part);
    text[text.find("Message 7 ")] = 'm';
    std::ofstream{part, std::ios::binary} << text;
    const Said bad = run(check);
    const Said refused = import_into("two", "archive");

    EXPECT_EQ(good.code, 0) << good.errors;
    EXPECT_EQ(tables_of(good), tables_of(exported));
    EXPECT_EQ(bad.code, 1);
    EXPECT_NE(bad.errors.find("messages.messages.000001.jsonl is not as it was written"),
              std::string::npos)
        << bad.errors;
    EXPECT_EQ(refused.code, 1);
    EXPECT_FALSE(fs::exists(place_ / "two"));
}

TEST_F(MoveCommand, says_what_it_wants) {
    make_installation("one");
    ASSERT_EQ(export_from("one", "archive").code, 0);

    EXPECT_EQ(run({"export"}).code, 2);
    EXPECT_EQ(run({"import", folder("nothing"), "--check"}).code, 2);
    const Said no_folder = export_from("nowhere", "second");
    EXPECT_EQ(no_folder.code, 1);
    EXPECT_NE(no_folder.errors.find("has no auth.db"), std::string::npos) << no_folder.errors;
    EXPECT_FALSE(fs::exists(place_ / "nowhere"));
    const Said taken = export_from("one", "archive");
    EXPECT_EQ(taken.code, 1);
    EXPECT_NE(taken.errors.find("There is something at"), std::string::npos) << taken.errors;
    const Said other = import_into("two", "one");
    EXPECT_EQ(other.code, 1);
    EXPECT_NE(other.errors.find("is no archive"), std::string::npos) << other.errors;
}

}  // namespace
}  // namespace loquat::test
