#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "testing/http_caller.hpp"
#include "testing/platform/platform_under_test.hpp"
#include "testing/platform/program.hpp"
#include "testing/sanitized.hpp"
#include "testing/temporary_folder.hpp"

// The program as its users start it: what it says when something is wrong, and that it loses
// nothing.
namespace loquat::test {
namespace {

class ProgramTest : public testing::Test {
  protected:
    ProgramTest() : folder_(make_folder()) {}
    ~ProgramTest() override { std::filesystem::remove_all(folder_); }

    std::vector<std::string> up(std::vector<std::string> more = {}) const {
        std::vector<std::string> arguments{
            "up", "--port", "0", "--data", folder_.string(), "--set", "platform.log_level=warn"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return arguments;
    }

    // Starts, lets `work` call it, stops it with SIGTERM; gives the exit code.
    int with_platform(const std::function<Task<void>(HttpCaller&)>& work) {
        Program program{up()};
        const std::uint16_t port = program.wait_until_ready();
        EXPECT_NE(port, 0) << program.errors();
        aio::Loop loop{"client"};
        HttpCaller caller{loop, port};
        run_to_end(loop, work(caller));
        program.signal(SIGTERM);
        return program.wait_for_end();
    }

    // Runs the program to its end and gives what it said on standard error.
    static std::pair<int, std::string> run(std::vector<std::string> arguments) {
        Program program{std::move(arguments)};
        const int code = program.wait_for_end();
        return {code, program.errors() + program.output()};
    }

    static std::size_t count_of(std::string_view text, std::string_view part) {
        std::size_t count = 0;
        for (std::size_t at = text.find(part); at != std::string_view::npos;
             at = text.find(part, at + part.size())) {
            ++count;
        }
        return count;
    }

    std::filesystem::path folder_;
};

TEST_F(ProgramTest, keeps_what_it_was_told_over_a_restart_and_ends_with_zero) {
    std::string token;
    std::string room;
    auto first = [&](HttpCaller& caller) -> Task<void> {
        token = co_await caller.make_user("ana");
        room = co_await caller.make_room(token, "General");
        const std::string body = R"({"client_id":"1","text":"still here"})";
        const auto sent =
            co_await caller.call("POST", "/api/chats/" + room + "/messages", token, body);
        EXPECT_EQ(sent.status, 201);
    };
    auto second = [&](HttpCaller& caller) -> Task<void> {
        const auto page =
            co_await caller.call("GET", "/api/chats/" + room + "/messages", token, "");
        EXPECT_EQ(page.status, 200);
        EXPECT_NE(page.body.find("still here"), std::string::npos);
    };

    EXPECT_EQ(with_platform(first), 0);
    EXPECT_EQ(with_platform(second), 0);
}

TEST_F(ProgramTest, says_which_process_holds_the_data_folder) {
    Program first{up()};
    first.wait_until_ready();

    const auto [code, said] = run(up());

    EXPECT_EQ(code, 1);
    EXPECT_NE(said.find(std::to_string(first.pid())), std::string::npos) << said;
}

TEST_F(ProgramTest, says_that_a_port_is_taken) {
    Program first{up()};
    const std::string port = std::to_string(first.wait_until_ready());
    const std::filesystem::path other = make_folder();

    const auto [code, said] = run({"up", "--port", port, "--data", other.string()});

    std::filesystem::remove_all(other);
    EXPECT_EQ(code, 1);
    EXPECT_NE(said.find(port), std::string::npos) << said;
}

TEST_F(ProgramTest, refuses_a_damaged_database_and_leaves_it_alone) {
    auto nothing = [](HttpCaller&) -> Task<void> { co_return; };
    ASSERT_EQ(with_platform(nothing), 0);
    const std::string damage = "this is no database, but somebody's notes";
    std::filesystem::remove(folder_ / "auth.db-wal");
    std::ofstream{folder_ / "auth.db", std::ios::binary} << damage;

    const auto [code, said] = run(up());

    EXPECT_EQ(code, 1);
    EXPECT_NE(said.find("auth.db"), std::string::npos) << said;
    EXPECT_EQ(std::filesystem::file_size(folder_ / "auth.db"), damage.size());
    EXPECT_EQ(run({"doctor", "--data", folder_.string()}).first, 1);
}

TEST_F(ProgramTest, names_every_mistake_of_the_configuration) {
    const auto [code, said] = run(up({"--set", "gateway.prot=1", "--set", "chat.x=1"}));

    EXPECT_EQ(code, 1);
    EXPECT_NE(said.find("gateway.prot is not a known key; did you mean port?"), std::string::npos)
        << said;
    EXPECT_NE(said.find("chat.x"), std::string::npos) << said;
    EXPECT_EQ(run({"config", "check", "--set", "gateway.port=many"}).first, 1);
    EXPECT_EQ(run({"config", "check"}).first, 0);
}

TEST_F(ProgramTest, wrong_use_is_two_and_help_is_zero) {
    EXPECT_EQ(run({"upp"}).first, 2);
    EXPECT_EQ(run({"up", "--port", "99999"}).first, 2);
    EXPECT_EQ(run({"--help"}).first, 0);
    EXPECT_EQ(run({"import", "--help"}).first, 0);
    EXPECT_EQ(run({"version"}).first, 0);
}

// What a command says of itself, the lines after its last `example` among them.
TEST_F(ProgramTest, each_command_gives_examples_of_itself_and_says_what_a_word_stands_for) {
    const std::vector<std::vector<std::string>> commands{{"up"},
                                                         {"serve"},
                                                         {"chat"},
                                                         {"user"},
                                                         {"import"},
                                                         {"doctor"},
                                                         {"backup"},
                                                         {"config", "show"},
                                                         {"config", "check"},
                                                         {"config"},
                                                         {"user", "add"},
                                                         {"user", "role"},
                                                         {"user", "remove"},
                                                         {"config", "explain"}};
    for (std::vector<std::string> words : commands) {
        std::string name = "loquat";
        for (const std::string& word : words) {
            name += " " + word;
        }
        words.push_back("--help");

        const auto [code, said] = run(words);

        EXPECT_EQ(code, 0) << name;
        const std::string examples = said.substr(std::min(said.rfind("example"), said.size()));
        EXPECT_TRUE(examples.contains(name)) << said;
        EXPECT_FALSE(said.contains("loquat COMMAND --help")) << said;
        EXPECT_FALSE(said.contains("ENUM") || said.contains("{false}")) << said;
    }
}

TEST_F(ProgramTest, says_which_command_is_not_there_and_what_may_have_been_meant) {
    const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
        {{"bakup", "x"}, "There is no command loquat bakup; did you mean backup?"},
        {{"frobnicate"}, "There is no command loquat frobnicate; `loquat --help` lists all."},
        {{"user", "lst"}, "There is no command loquat user lst; did you mean list?"},
        {{"config", "chek", "--data", "x"}, "There is no command loquat config chek; did you mean"},
        {{}, "A subcommand is required"},
        {{"user"}, "A subcommand is required"}};
    for (const auto& [words, expected] : cases) {
        const auto [code, said] = run(words);

        EXPECT_EQ(code, 2);
        EXPECT_TRUE(said.contains(expected)) << said;
    }
}

TEST_F(ProgramTest, refuses_at_once_to_serve_without_a_word_where_accounts_are) {
    for (const std::vector<std::string>& services : std::vector<std::vector<std::string>>{
             {"gateway"},
             {"gateway", "model"},
             {"model", "chat", "consumer", "presence", "realtime", "gateway"},
             {"chat", "consumer", "presence", "realtime"}}) {
        const std::string data = (folder_ / "data").string();
        std::vector<std::string> arguments{"serve", "--data", data};
        arguments.insert(arguments.end(), services.begin(), services.end());

        const auto [code, said] = run(arguments);

        EXPECT_EQ(code, 1) << said;
        EXPECT_TRUE(said.contains("needs auth: name auth too, or say where it is")) << said;
        EXPECT_EQ(std::ranges::count(said, '\n'), 1) << said;
        EXPECT_FALSE(std::filesystem::exists(data));
    }
}

TEST_F(ProgramTest, says_that_the_other_process_has_another_key_or_is_another_one) {
    Program auth{{"serve", "auth", "--data", (folder_ / "auth").string(), "--set",
                  "platform.internal_key=one"}};
    const std::string port = std::to_string(auth.wait_until_ready());
    const auto serve_rest = [&](const std::string& key) {
        return Program{{"serve", "model", "chat", "consumer", "presence", "realtime", "gateway",
                        "--data", (folder_ / key).string(), "--set", "gateway.port=0", "--set",
                        "platform.internal_key=" + key, "--set",
                        "platform.urls=[{service: auth, url: 'http://127.0.0.1:" + port + "'}]"}};
    };

    Program stranger = serve_rest("two");
    Program rest = serve_rest("one");

    EXPECT_EQ(stranger.wait_for_end(), 1);
    EXPECT_TRUE(stranger.errors().contains("127.0.0.1:" + port +
                                           " does not take its calls: give both processes the same "
                                           "platform.internal_key"))
        << stranger.errors();
    EXPECT_NE(rest.wait_until_ready(), 0) << rest.errors();
    const auto [code, said] = run({"user", "list", "--data", (folder_ / "one").string()});
    EXPECT_EQ(code, 1);
    EXPECT_TRUE(said.contains("the folder of the one that serves auth")) << said;
    const auto [auth_code, users] = run({"user", "list", "--data", (folder_ / "auth").string()});
    EXPECT_EQ(auth_code, 0) << users;
    EXPECT_TRUE(run({"doctor", "--data", (folder_ / "auth").string()})
                    .second.contains("on http://127.0.0.1:" + port));
}

TEST_F(ProgramTest,
       refuses_to_serve_apart_what_shares_a_broadcast_with_one_line_that_says_what_lacks) {
    const std::vector<std::vector<std::string>> splits{{"presence"},
                                                       {"gateway", "presence"},
                                                       {"chat", "consumer", "realtime"},
                                                       {"realtime", "auth"}};
    for (const std::vector<std::string>& services : splits) {
        std::vector<std::string> arguments{"serve", "--data", folder_.string()};
        arguments.insert(arguments.end(), services.begin(), services.end());

        const auto [code, said] = run(arguments);

        EXPECT_NE(code, 0);
        EXPECT_EQ(std::ranges::count(said, '\n'), 1) << said;
        EXPECT_TRUE(said.contains("run in one process only: name ")) << said;
    }
}

TEST_F(ProgramTest, people_are_added_without_and_beside_a_running_platform) {
    const auto data = folder_.string();

    const auto [code, said] = run({"user", "add", "ana", "--data", data});
    Program program{up()};
    program.wait_until_ready();
    const auto [beside_code, beside_said] = run({"user", "add", "ben", "--admin", "--data", data});
    const auto [list_code, listed] = run({"user", "list", "--data", data});

    EXPECT_EQ(code, 0) << said;
    EXPECT_NE(said.find("password: "), std::string::npos);
    EXPECT_EQ(beside_code, 0) << beside_said;
    EXPECT_NE(beside_said.find("admin"), std::string::npos);
    EXPECT_EQ(list_code, 0);
    EXPECT_NE(listed.find("2 users"), std::string::npos) << listed;
    EXPECT_EQ(run({"user", "add", "ana", "--data", data}).first, 1);
}

TEST_F(ProgramTest, imports_lines_once_however_often_they_are_given) {
    const std::filesystem::path file = folder_ / "lines.jsonl";
    std::ofstream{file} << R"({"room":"a","user":"Ana!","text":"one"})" << '\n'
                        << R"({"room":"a","user":"Ben","text":"two"})" << '\n'
                        << "no json\n"
                        << R"({"room":"b","user":"Ana!","text":"three"})" << '\n';
    const std::vector<std::string> command{"import", file.string(), "--data",
                                           (folder_ / "data").string()};

    const auto [code, said] = run(command);
    const auto [again_code, again] = run(command);

    EXPECT_EQ(code, 1) << said;
    EXPECT_NE(said.find("3 messages in 2 rooms from 2 people; 1 lines skipped"), std::string::npos)
        << said;
    EXPECT_NE(said.find("line 3 skipped"), std::string::npos) << said;
    EXPECT_EQ(again_code, 1) << again;
}

TEST_F(ProgramTest, imports_files_with_byte_order_marks_and_refuses_other_encodings) {
    const std::filesystem::path file = folder_ / "lines.jsonl";
    const std::string mark = "\xef\xbb\xbf";
    std::ofstream{file} << mark << R"({"room":"a","user":"ana","text":"one"})" << "\r\n"
                        << mark << R"({"room":"a","user":"ben","text":"two"})" << '\n';
    const std::filesystem::path wide = folder_ / "wide.jsonl";
    std::ofstream{wide} << std::string{"\xff\xfe{\0\"\0", 6};
    const std::string data = (folder_ / "data").string();

    const auto [code, said] = run({"import", file.string(), "--data", data});
    const auto [wide_code, refusal] = run({"import", wide.string(), "--data", data});

    EXPECT_EQ(code, 0) << said;
    EXPECT_NE(said.find("2 messages in 1 rooms from 2 people; 0 lines skipped"), std::string::npos)
        << said;
    EXPECT_EQ(wide_code, 1);
    EXPECT_NE(refusal.find("iconv"), std::string::npos) << refusal;
}

TEST_F(ProgramTest, imports_what_another_file_or_another_order_brings_and_nothing_twice) {
    const std::string first[] = {R"({"room":"a","user":"ana","text":"one"})",
                                 R"({"room":"a","user":"ben","text":"ok"})",
                                 R"({"room":"a","user":"ben","text":"ok"})"};
    const std::string second[] = {R"({"room":"a","user":"ana","text":"two"})",
                                  R"({"room":"a","user":"ben","text":"three"})"};
    std::string token;
    auto prepare = [&](HttpCaller& caller) -> Task<void> {
        token = co_await caller.make_user("ana");
    };
    ASSERT_EQ(with_platform(prepare), 0);
    const auto import = [&](std::initializer_list<std::string_view> lines) {
        const std::filesystem::path file = folder_.string() + ".jsonl";
        std::ofstream out{file};
        for (const std::string_view line : lines) {
            out << line << '\n';
        }
        out.close();
        const auto [code, said] =
            run({"import", file.string(), "--data", folder_.string(), "--owner", "ana"});
        std::filesystem::remove(file);
        EXPECT_EQ(code, 0) << said;
    };

    import({first[0], first[1], first[2]});
    import({second[0], second[1]});
    import({first[2], second[1], first[0]});

    auto look = [&](HttpCaller& caller) -> Task<void> {
        const auto chats = co_await caller.call("GET", "/api/chats", token, "");
        const wire::Value list = wire::parse(chats.body);
        const wire::Array& rooms = *list.find("items")->if_array();
        EXPECT_EQ(rooms.size(), 1U) << chats.body;
        const std::string room = *rooms.front().find("id")->if_string();
        const auto page =
            co_await caller.call("GET", "/api/chats/" + room + "/messages", token, "");
        EXPECT_EQ(count_of(page.body, R"("text":"one")"), 1U) << page.body;
        EXPECT_EQ(count_of(page.body, R"("text":"ok")"), 2U) << page.body;
        EXPECT_EQ(count_of(page.body, R"("text":"two")"), 1U) << page.body;
        EXPECT_EQ(count_of(page.body, R"("text":"three")"), 1U) << page.body;
    };
    EXPECT_EQ(with_platform(look), 0);
}

TEST_F(ProgramTest, says_what_it_lacks_wherever_a_limit_of_the_system_meets_it) {
    std::vector<std::string> limits{"--fsize=5000", "--fsize=100000"};
    // Sanitizers need more memory than any limit here, and files to look at memory with.
    if (!is_sanitized) {
        limits.emplace_back("--fsize=0");
        for (const int files : {8, 16, 24, 36, 48}) {
            limits.push_back("--nofile=" + std::to_string(files));
        }
        for (const int mebibytes : {52, 60, 68, 100, 132}) {
            limits.push_back("--data=" + std::to_string(mebibytes * 1024 * 1024));
        }
    }
    for (const std::string& limit : limits) {
        const std::filesystem::path data = folder_ / limit.substr(2);
        Program program{{limit, LOQUAT_BINARY, "up", "--port", "0", "--data", data.string(),
                         "--set", "platform.edge_loops=1"},
                        {.program = "prlimit"}};
        const bool is_up = program.wait_until_ready() != 0;
        program.signal(SIGTERM);
        const int code = program.wait_for_end();

        EXPECT_EQ(code, is_up ? 0 : 1) << limit << ": " << program.errors();
        EXPECT_TRUE(is_up || program.errors().find("loquat: ") != std::string::npos) << limit;
    }
}

}  // namespace
}  // namespace loquat::test
