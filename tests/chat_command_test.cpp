#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "aio/offload.hpp"
#include "testing/http_caller.hpp"
#include "testing/platform/platform_under_test.hpp"
#include "testing/platform/program.hpp"
#include "testing/temporary_folder.hpp"
#include "tests/support/chat_server_double.hpp"

// `loquat chat` as its users run it: on pipes, on a terminal, against a server that behaves and one
// that does not.
namespace loquat::test {
namespace {

constexpr const char* password = "a long password 1";

class ChatCommand : public testing::Test {
  protected:
    ChatCommand() : folder_(make_folder()) {
        std::ofstream{folder_ / "password"} << password << '\n';
    }
    ~ChatCommand() override { std::filesystem::remove_all(folder_); }

    Program::Start start(std::string input = {}) const {
        return {.environment = {"XDG_CONFIG_HOME=" + folder_.string()}, .input = std::move(input)};
    }
    std::vector<std::string> chat(const std::string& url, std::vector<std::string> more) const {
        more.insert(more.begin(), {"chat", "--url", url});
        return more;
    }
    std::vector<std::string> signed_in(const std::string& url,
                                       std::vector<std::string> more) const {
        more.insert(more.end(),
                    {"--user", "ana", "--password-file", (folder_ / "password").string()});
        return chat(url, std::move(more));
    }
    std::filesystem::path kept() const { return folder_ / "loquat" / "sign-ins.json"; }
    std::string kept_text() const {
        std::ifstream in{kept()};
        std::ostringstream text;
        text << in.rdbuf();
        return text.str();
    }

    std::filesystem::path folder_;
};

// With a platform in this process that runs by itself.
class ChatCommandOnPlatform : public ChatCommand {
  protected:
    ChatCommandOnPlatform() {
        auto body = [this]() -> Task<void> { token_ = co_await caller_.make_user("ana"); };
        run_to_end(loop_, body());
    }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(platform_.port()); }
    // Runs to the end: exit code, standard output, standard error.
    struct Ran {
        int code = 0;
        std::string out;
        std::string err;
    };
    Ran run(std::vector<std::string> arguments, std::string input = {}) {
        Program program{std::move(arguments), start(std::move(input))};
        const int code = program.wait_for_end();
        return {code, program.output(), program.errors()};
    }
    // Asks until the answer has those words; gives what stands behind them.
    std::string get_until(const std::string& target, const std::string& words) {
        std::string body;
        auto ask = [&]() -> Task<void> {
            const auto has = [&](const HttpCaller::Answer& answer) {
                return answer.body.contains(words);
            };
            body = (co_await caller_.get_until(target, token_, has)).body;
        };
        run_to_end(loop_, ask());
        const std::size_t at = body.find(words);
        return at == std::string::npos ? "" : body.substr(at + words.size());
    }
    std::string get(const std::string& target) {
        std::string body;
        auto ask = [&]() -> Task<void> {
            const auto answer = co_await caller_.call("GET", target, token_, "");
            body = answer.body;
        };
        run_to_end(loop_, ask());
        return body;
    }

    PlatformUnderTest platform_{
        {.settings = {"model.simulated.scripts=true", "model.simulated.first_token_ms=1",
                      "model.simulated.token_ms=1"}}};
    aio::Loop loop_{"client"};
    HttpCaller caller_{loop_, platform_.port()};
    std::string token_;
};

TEST_F(ChatCommandOnPlatform, prints_only_the_answer_when_asked_once) {
    const Ran ran = run(signed_in(url(), {"--once", "[[tokens 9]] hello"}));

    const wire::Value chats = wire::parse(get("/api/chats?kind=assistant"));
    const wire::Value& chat = chats.find("items")->if_array()->front();
    const std::string text = *chat.find("last_message")->find("text")->if_string();
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.out, text + "\n");
    EXPECT_EQ(ran.err, "");
}

TEST_F(ChatCommandOnPlatform, takes_the_question_from_a_pipe) {
    const Ran ran = run(signed_in(url(), {"--once", "-", "--system", "Be brief."}),
                        "[[tokens 5]] first line\nsecond line\n");

    EXPECT_EQ(ran.code, 0) << ran.err;
    const std::string id =
        *wire::parse(get("/api/chats")).find("items")->if_array()->front().find("id")->if_string();
    EXPECT_NE(get("/api/chats/" + id + "/messages").find(R"(first line\nsecond line")"),
              std::string::npos);
    EXPECT_NE(get("/api/chats/" + id).find("Be brief."), std::string::npos);
}

TEST_F(ChatCommandOnPlatform, keeps_the_session_for_its_owner_alone_and_no_password) {
    const Ran first = run(signed_in(url(), {"--list"}));
    const Ran second = run(chat(url(), {"--list"}));
    struct stat info{};
    ASSERT_EQ(::stat(kept().c_str(), &info), 0);
    const std::string text = kept_text();
    const Ran out = run(chat(url(), {"--sign-out"}));
    const Ran third = run(chat(url(), {"--list"}));

    EXPECT_EQ(first.code, 0) << first.err;
    EXPECT_EQ(second.code, 0) << second.err;
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
    EXPECT_EQ(text.find(password), std::string::npos);
    EXPECT_NE(text.find("refresh_token"), std::string::npos);
    EXPECT_EQ(out.code, 0) << out.err;
    EXPECT_EQ(kept_text().find("refresh_token"), std::string::npos);
    EXPECT_EQ(third.code, 1);
    EXPECT_NE(third.err.find("Nobody is signed in"), std::string::npos) << third.err;
}

TEST_F(ChatCommandOnPlatform, shares_the_session_between_processes_at_the_same_time) {
    ASSERT_EQ(run(signed_in(url(), {"--list"})).code, 0);
    std::vector<std::unique_ptr<Program>> programs;

    for (int i = 0; i < 6; ++i) {
        programs.push_back(std::make_unique<Program>(chat(url(), {"--list"}), start()));
    }

    for (const auto& program : programs) {
        EXPECT_EQ(program->wait_for_end(), 0) << program->errors();
    }
    EXPECT_EQ(run(chat(url(), {"--list"})).code, 0);
}

TEST_F(ChatCommandOnPlatform, says_why_it_failed_and_ends_with_one) {
    std::ofstream{folder_ / "wrong"} << "no such password\n";

    const Ran wrong = run(
        chat(url(), {"--list", "--user", "ana", "--password-file", (folder_ / "wrong").string()}));
    const Ran model = run(signed_in(url(), {"--once", "hello", "--model", "no-such-model"}));
    const Ran broken = run(chat(url(), {"--once", "[[break 2]] hello"}));
    const Ran no_server =
        run(chat("http://127.0.0.1:1",
                 {"--list", "--user", "ana", "--password-file", (folder_ / "password").string()}));
    const Ran no_url = run(chat("ftp://somewhere", {"--list"}));

    EXPECT_EQ(wrong.code, 1);
    EXPECT_NE(wrong.err.find("password is wrong"), std::string::npos) << wrong.err;
    EXPECT_EQ(model.code, 1);
    EXPECT_EQ(model.out, "");
    EXPECT_EQ(broken.code, 1);
    EXPECT_NE(broken.err.find("provider.truncated"), std::string::npos) << broken.err;
    EXPECT_EQ(no_server.code, 1);
    EXPECT_EQ(no_url.code, 1);
    EXPECT_EQ(run(chat(url(), {"--once", "a", "--list"})).code, 2);
    EXPECT_EQ(run({"chat", "--help"}).code, 0);
}

TEST_F(ChatCommandOnPlatform, obeys_lines_that_begin_with_a_slash) {
    const std::string lines =
        "[[tokens 4]] one \\\nmore\n/titel\n/title Fruit\n/regenerate\n/model\n/new\n/list\n/open "
        "1\n/quit\nnot read\n";

    const Ran ran = run(signed_in(url(), {}), lines);

    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_NE(ran.err.find("did you mean /title?"), std::string::npos) << ran.err;
    EXPECT_NE(ran.out.find("simulated"), std::string::npos);
    EXPECT_NE(ran.out.find("  1  "), std::string::npos) << ran.out;
    EXPECT_NE(ran.out.find("ana: [[tokens 4]] one \nmore\n"), std::string::npos) << ran.out;
    EXPECT_NE(get("/api/chats").find(R"("title":"Fruit")"), std::string::npos);
    EXPECT_EQ(get("/api/chats").find("not read"), std::string::npos);
}

TEST_F(ChatCommandOnPlatform, asks_once_in_the_conversation_that_is_named) {
    run(signed_in(url(), {"--once", "[[tokens 3]] first"}));
    const std::string id =
        *wire::parse(get("/api/chats")).find("items")->if_array()->front().find("id")->if_string();

    const Ran ran = run(signed_in(url(), {"--open", id, "--once", "[[tokens 3]] second"}));
    const Ran unknown = run(
        signed_in(url(), {"--open", "01890000-0000-7000-8000-000000000000", "--once", "third"}));

    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_NE(get("/api/chats/" + id + "/messages").find("second"), std::string::npos);
    EXPECT_EQ(unknown.code, 1);
    EXPECT_EQ(unknown.out, "");
    EXPECT_EQ(wire::parse(get("/api/chats")).find("items")->if_array()->size(), 1U);
}

TEST_F(ChatCommandOnPlatform, leaves_nothing_of_a_question_that_was_refused) {
    const Ran empty = run(signed_in(url(), {"--once", ""}));
    const Ran too_long = run(signed_in(url(), {"--once", std::string(16'001, 'x')}));
    const Ran unknown = run(signed_in(url(), {"--model", "none", "--once", "hello"}));

    EXPECT_EQ(empty.code, 1);
    EXPECT_EQ(too_long.code, 1);
    EXPECT_EQ(unknown.code, 1);
    EXPECT_EQ(wire::parse(get("/api/chats")).find("items")->if_array()->size(), 0U);
}

TEST_F(ChatCommandOnPlatform, refuses_a_model_that_there_is_not_with_those_that_there_are) {
    const Ran ran = run(signed_in(url(), {}), "/model none\n/quit\n");

    EXPECT_NE(ran.err.find("There is no model none. There are: simulated."), std::string::npos)
        << ran.err;
    EXPECT_EQ(ran.err.find("from none"), std::string::npos);
}

TEST_F(ChatCommandOnPlatform, asks_on_a_terminal_and_does_not_show_the_password) {
    Program::Start on_terminal = start();
    on_terminal.face = Program::Face::terminal;
    Program program{chat(url(), {}), std::move(on_terminal)};

    program.read_until("User name: ");
    program.type("ana\n");
    program.read_until("Password: ");
    program.type(std::string{password} + "\n");
    program.read_until("Signed in as ana");
    program.type("[[tokens 12]] hi\n");
    program.read_until("simulated");
    program.type("/quit\n");
    const int code = program.wait_for_end();

    EXPECT_EQ(code, 0) << program.errors();
    EXPECT_NE(program.output().find("[[tokens 12]] hi"), std::string::npos)
        << "what is typed is seen";
    EXPECT_EQ(program.output().find(password), std::string::npos);
}

TEST_F(ChatCommandOnPlatform, cancels_the_answer_at_the_first_interrupt) {
    Program program{signed_in(url(), {"--once", "[[endless]] [[slow 5]] hello"}), start()};
    const std::string id = get_until("/api/chats", R"("id":")").substr(0, 36);
    const std::string answers = "/api/chats/" + id + "/generations";
    get_until(answers, "simulated");

    program.signal(SIGINT);
    const int code = program.wait_for_end();

    EXPECT_EQ(code, 130);
    EXPECT_NE(program.errors().find("canceled"), std::string::npos) << program.errors();
    EXPECT_NE(get(answers).find(R"("state":"canceled")"), std::string::npos);
}

TEST_F(ChatCommandOnPlatform, goes_on_with_an_answer_that_is_still_written) {
    std::string chat_id;
    std::string generation;
    auto ask = [&]() -> Task<void> {
        const auto made =
            co_await caller_.call("POST", "/api/chats", token_, R"({"kind":"assistant"})");
        chat_id = made.text("id");
        const auto started = co_await caller_.call(
            "POST", "/api/chats/" + chat_id + "/generations", token_,
            R"({"client_id":"1","prompt":"[[tokens 400]] [[slow 2]] hello"})");
        generation = started.text("generationId");
    };
    run_to_end(loop_, ask());

    const Ran ran = run(signed_in(url(), {"--open", chat_id}));

    EXPECT_EQ(ran.code, 0) << ran.err;
    const wire::Value ended = wire::parse(get("/api/generations/" + generation));
    EXPECT_EQ(*ended.find("state")->if_string(), "succeeded");
    EXPECT_NE(ran.out.find(*ended.find("text")->if_string() + "\n"), std::string::npos) << ran.out;
}

std::string event(int id, const std::string& data) {
    return "id: " + std::to_string(id) + "\ndata: " + data + "\n\n";
}

class ChatCommandOnDouble : public ChatCommand {
  protected:
    // Runs the program beside the server on a thread; gives its exit code.
    int run(ChatServerDouble& server, Program& program) {
        int code = 0;
        auto body = [&]() -> Task<void> {
            auto wait = [&program] { return program.wait_for_end(); };
            code = co_await pool_.run<int>(wait);
            co_await server.close();
        };
        run_to_end(loop_, body());
        return code;
    }

    aio::Loop loop_{"server"};
    aio::WorkerPool pool_{"program", 1, 4};
};

TEST_F(ChatCommandOnDouble, comes_back_to_where_it_was_when_the_stream_breaks_off) {
    ChatServerDouble server{
        loop_,
        {event(1, R"({"type":"state","state":"streaming"})") +
             event(2, R"({"type":"delta","delta":"one "})"),
         event(3, R"({"type":"delta","delta":"two "})"),
         event(4, R"({"type":"delta","delta":"three"})") + event(5, R"({"type":"done"})")}};
    server.text = "one two three";
    Program program{signed_in(server.url(), {"--once", "count"}), start()};

    const int code = run(server, program);

    EXPECT_EQ(code, 0) << program.errors();
    EXPECT_EQ(program.output(), "one two three\n");
    EXPECT_EQ(server.resumed_after(), (std::vector<std::string>{"", "2", "3"}));
}

TEST_F(ChatCommandOnDouble, cancels_an_answer_that_begins_while_it_is_interrupted) {
    ChatServerDouble server{
        loop_,
        {event(1, R"({"type":"state","state":"streaming"})"), event(2, R"({"type":"done"})")}};
    Program program{signed_in(server.url(), {"--once", "hello"}), start()};
    server.on_start = [&program] { program.signal(SIGINT); };

    const int code = run(server, program);

    EXPECT_EQ(code, 0) << program.errors();
    EXPECT_EQ(server.cancels(), 1U) << program.errors();
}

TEST_F(ChatCommandOnDouble, shows_control_characters_harmlessly_on_a_terminal) {
    const std::string odd = R"({"type":"delta","delta":"a\u001b[31mb\u202ec\u0085d\u0007e\tf"})";
    ChatServerDouble server{loop_, {event(1, odd) + event(2, R"({"type":"done"})")}};
    Program::Start on_terminal = start();
    on_terminal.face = Program::Face::terminal;
    Program terminal{signed_in(server.url(), {"--once", "x"}), std::move(on_terminal)};

    EXPECT_EQ(run(server, terminal), 0) << terminal.errors();

    EXPECT_NE(terminal.output().find("a^[[31mb<202E>c<0085>d^Ge\tf"), std::string::npos)
        << terminal.output();
}

}  // namespace
}  // namespace loquat::test
