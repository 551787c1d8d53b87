#include <gtest/gtest.h>

#include <csignal>

#include "testing/http_caller.hpp"
#include "testing/platform/program.hpp"
#include "testing/postgres_schema.hpp"
#include "testing/temporary_folder.hpp"

// `loquat migrate`: schemas at a server, brought up by their owner for services that may not.
namespace loquat::test {
namespace {

class MigrateCommand : public testing::Test {
  protected:
    struct Said {
        int code = 0;
        std::string output;
        std::string errors;
    };

    // Roles begin with the name of the database and are dropped with it.
    std::string service_url() const {
        return base_.url_as(base_.name() + "_{service}") +
               "?passfile=" + (folder_ / "{service}.pgpass").string();
    }
    std::vector<std::string> words(std::vector<std::string> command) const {
        command.insert(command.end(), {"--data", (folder_ / "data").string()});
        return command;
    }
    Program::Start start(const std::string& url) const {
        return {.environment = {"LOQUAT_STORE__SQL__KIND=postgres", "LOQUAT_STORE__SQL__URL=" + url,
                                "LOQUAT_MIGRATE_URL=" + base_.url()}};
    }
    Said migrate(std::vector<std::string> options = {}) const {
        options.insert(options.begin(), "migrate");
        Program program{words(std::move(options)), start(service_url())};
        const int code = program.wait_for_end();
        return {code, program.output(), program.errors()};
    }

    PostgresBase base_;
    TemporaryFolder folder_;
};

TEST_F(MigrateCommand, lets_services_run_as_roles_that_may_change_no_schema) {
    const Said made = migrate();
    ASSERT_EQ(made.code, 0) << made.errors;

    Program program{words({"up", "--port", "0", "--set", "platform.log_level=warn"}),
                    start(service_url())};
    const std::uint16_t port = program.wait_until_ready();
    ASSERT_NE(port, 0) << program.errors();
    aio::Loop loop{"client"};
    HttpCaller caller{loop, port};
    auto work = [&caller]() -> Task<void> {
        const std::string token = co_await caller.make_user("ada");
        const std::string room = co_await caller.make_room(token, "Engines");
        const std::string messages = "/api/chats/" + room + "/messages";
        const auto sent =
            co_await caller.call("POST", messages, token, R"({"client_id":"one","text":"Hello"})");
        EXPECT_LT(sent.status, 300) << sent.body;
        const auto has_it = [](const HttpCaller::Answer& answer) {
            return answer.body.contains("Hello");
        };
        const auto read = co_await caller.get_until(messages, token, has_it);
        EXPECT_TRUE(has_it(read)) << read.body;
    };
    run_to_end(loop, work());
    program.signal(SIGTERM);

    EXPECT_EQ(program.wait_for_end(), 0);
    EXPECT_EQ(program.errors().find("store.denied"), std::string::npos) << program.errors();
}

TEST_F(MigrateCommand, says_what_is_behind_and_changes_nothing_when_it_only_checks) {
    const Said before = migrate({"--check"});
    const Said again = migrate({"--check"});
    migrate();
    const Said after = migrate({"--check"});

    EXPECT_EQ(before.code, 1);
    EXPECT_NE(before.output.find("chat      behind: 0 of"), std::string::npos) << before.output;
    EXPECT_EQ(again.output, before.output);
    EXPECT_EQ(after.code, 0);
    EXPECT_NE(after.output.find("chat      up to date"), std::string::npos) << after.output;
}

TEST_F(MigrateCommand, may_be_run_again_and_keeps_the_passwords) {
    const Said first = migrate();
    const Said second = migrate();

    EXPECT_NE(first.output.find("made; its password was written to"), std::string::npos);
    EXPECT_EQ(second.code, 0) << second.errors;
    EXPECT_NE(second.output.find("its password is set"), std::string::npos) << second.output;
    EXPECT_EQ(second.output.find("made"), std::string::npos) << second.output;
}

TEST_F(MigrateCommand, is_asked_for_by_a_service_that_finds_no_schema) {
    migrate();
    const PostgresBase other;
    const std::string url = other.url_as(base_.name() + "_{service}") +
                            "?passfile=" + (folder_ / "{service}.pgpass").string();

    Program program{words({"up", "--port", "0"}), start(url)};

    EXPECT_EQ(program.wait_for_end(), 1);
    EXPECT_NE(program.errors().find("Run `loquat migrate`"), std::string::npos) << program.errors();
}

TEST_F(MigrateCommand, says_whose_url_it_wants) {
    Program program{words({"migrate"}),
                    {.environment = {"LOQUAT_STORE__SQL__KIND=postgres",
                                     "LOQUAT_STORE__SQL__URL=" + service_url()}}};

    EXPECT_EQ(program.wait_for_end(), 1);
    EXPECT_NE(program.errors().find("LOQUAT_MIGRATE_URL"), std::string::npos) << program.errors();
}

TEST_F(MigrateCommand, has_nothing_to_do_for_databases_in_files) {
    Program program{words({"migrate"})};

    EXPECT_EQ(program.wait_for_end(), 1);
    EXPECT_NE(program.errors().find("store.sql.kind=postgres"), std::string::npos);
}

}  // namespace
}  // namespace loquat::test
