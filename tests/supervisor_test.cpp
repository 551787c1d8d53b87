#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "net/http/client.hpp"
#include "runtime/calls/call_gate.hpp"
#include "testing/http_caller.hpp"
#include "testing/platform/program.hpp"
#include "testing/temporary_folder.hpp"

// `loquat up --processes` as its users run it: each service a process of its own.
namespace loquat::test {
namespace {

namespace fs = std::filesystem;

// Somebody else's process, to be waited for without being its parent.
class Watched {
  public:
    explicit Watched(pid_t pid) : end_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}
    Watched(Watched&& other) noexcept : end_(std::exchange(other.end_, -1)) {}
    ~Watched() {
        if (end_ >= 0) {
            ::close(end_);
        }
    }
    bool ends_within(int seconds) const {
        pollfd one{end_, POLLIN, 0};
        return end_ < 0 || ::poll(&one, 1, seconds * 1'000) == 1;
    }

  private:
    int end_;
};

class SupervisorTest : public testing::Test {
  protected:
    SupervisorTest() : folder_(make_folder()) {}
    ~SupervisorTest() override { fs::remove_all(folder_); }

    std::vector<std::string> up(std::vector<std::string> more = {}) const {
        std::vector<std::string> arguments{"up", "--processes", "--port",
                                           "0",  "--data",      data().string()};
        for (const char* setting :
             {"platform.log_level=warn", "platform.edge_loops=1", "platform.drain_seconds=2",
              "gateway.limits.enabled=false", "config.port=0", "registry.port=0"}) {
            const bool is_served = setting == std::string_view{"platform.log_level=warn"} &&
                                   fs::exists(served() / "loquat.yml");
            if (!is_served) {
                arguments.insert(arguments.end(), {"--set", setting});
            }
        }
        arguments.insert(arguments.end(), more.begin(), more.end());
        return arguments;
    }

    fs::path data() const { return folder_ / "data"; }
    // What the config server has, in some tests.
    fs::path served() const { return folder_ / "served"; }

    struct Process {
        pid_t pid = 0;
        std::int64_t restarts = 0;
        std::string url;
    };

    // Of every process, as `loquat ps` says.
    std::map<std::string, Process> list() const {
        Program ps{{"ps", "--json", "--data", data().string()}};
        EXPECT_EQ(ps.wait_for_end(), 0) << ps.errors();
        const wire::Value value = wire::parse(ps.output());
        std::map<std::string, Process> found;
        for (const wire::Value& one : *value.find("processes")->if_array()) {
            found[*one.find("name")->if_string()] = {
                static_cast<pid_t>(std::get<std::int64_t>(one.find("pid")->any())),
                std::get<std::int64_t>(one.find("restarts")->any()), *one.find("url")->if_string()};
        }
        return found;
    }

    std::string key() const {
        std::ifstream in{data() / "processes.key"};
        std::string line;
        std::getline(in, line);
        return line;
    }

    // One request; its status and body.
    static std::pair<int, std::string> ask(net::http::ClientRequest request) {
        aio::Loop loop{"client"};
        net::http::Client client{loop, {}};
        net::http::ClientResponse answer;
        auto work = [&]() -> Task<void> {
            answer = co_await client.request(
                std::move(request), std::chrono::steady_clock::now() + std::chrono::seconds{30});
        };
        run_to_end(loop, work());
        return {answer.status, answer.body};
    }

    static std::pair<int, std::string> ask_service(const std::string& url,
                                                   const std::string& method,
                                                   const std::string& target,
                                                   const std::string& shown) {
        net::http::ClientRequest request{
            .origin = net::http::Origin::parse(url).value(), .method = method, .target = target};
        request.headers.append("X-Internal-API-Key", shown);
        return ask(std::move(request));
    }

    std::vector<Watched> watch_all() const {
        std::vector<Watched> all;
        for (const auto& [name, process] : list()) {
            all.emplace_back(process.pid);
        }
        return all;
    }

    static std::string command_line(pid_t pid) {
        std::ifstream in{"/proc/" + std::to_string(pid) + "/cmdline"};
        return {std::istreambuf_iterator<char>{in}, {}};
    }

  private:
    fs::path folder_;
};

TEST_F(SupervisorTest, starts_again_what_was_killed_and_stops_all_with_zero) {
    Program program{up()};
    const std::uint16_t port = program.wait_until_ready();
    ASSERT_NE(port, 0) << program.errors();
    aio::Loop loop{"client"};
    HttpCaller caller{loop, port};
    const auto before = list();
    const auto all = watch_all();
    auto work = [&]() -> Task<void> {
        const std::string token = co_await caller.make_user("ana");
        const std::string room = co_await caller.make_room(token, "General");
        EXPECT_FALSE(room.empty());

        ::kill(before.at("model").pid, SIGKILL);
        program.read_until("model is back");
        const auto models = co_await caller.call("GET", "/api/models", token, "");
        EXPECT_EQ(models.status, 200) << models.body;
    };

    run_to_end(loop, work());
    const auto after = list();
    program.signal(SIGTERM);

    EXPECT_NE(after.at("model").pid, before.at("model").pid);
    EXPECT_EQ(after.at("model").restarts, 1);
    EXPECT_EQ(after.at("chat").pid, before.at("chat").pid) << "the others go on";
    EXPECT_EQ(program.wait_for_end(), 0) << program.errors();
    EXPECT_NE(program.errors().find("model was ended by signal 9 (SIGKILL)"), std::string::npos);
    for (const Watched& one : all) {
        EXPECT_TRUE(one.ends_within(0));
    }
}

TEST_F(SupervisorTest, one_request_can_be_followed_through_the_logs_of_all_processes) {
    Program program{up({"--set", "platform.log_level=debug"})};
    const std::uint16_t port = program.wait_until_ready();
    ASSERT_NE(port, 0) << program.errors();
    const auto send = [&](const std::string& target, const std::string& token,
                          const std::string& body, const std::string& id) {
        net::http::ClientRequest request{.origin = {.host = "127.0.0.1", .port = port},
                                         .method = body.empty() ? "GET" : "POST",
                                         .target = target,
                                         .body = body};
        request.headers.append("Content-Type", "application/json");
        request.headers.append("X-Request-Id", id);
        request.headers.append("traceparent",
                               "00-5af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        if (!token.empty()) {
            request.headers.append("Authorization", "Bearer " + token);
        }
        return ask(std::move(request));
    };
    const std::string account = R"({"username":"ana","password":"a long password 1"})";

    const auto registered = send("/user/register", "", account, "registering-ana");
    const auto signed_in = send("/user/login", "", account, "signing-ana-in");
    const wire::Value session = wire::parse(signed_in.second);
    const std::string token = *session.find("token")->if_string();
    const std::string id = *session.find("user")->find("id")->if_string();
    const auto profile = send("/user/profile/" + id, token, "", "reading-of-ana");
    const auto sent = send("/api/chat/send", token, R"({"message":"Hello"})", "asking-a-model");
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait_for_end(), 0);

    EXPECT_EQ(registered.first, 201) << registered.second;
    EXPECT_EQ(signed_in.first, 200) << signed_in.second;
    EXPECT_EQ(profile.first, 200) << profile.second;
    EXPECT_EQ(sent.first, 200) << sent.second;
    const auto has_line = [&](const std::string& process, const std::string& request_id) {
        const std::string ids =
            R"("request_id":")" + request_id + R"(","trace_id":"5af7651916cd43dd8448eb211c80319c")";
        std::istringstream lines{program.errors()};
        for (std::string line; std::getline(lines, line);) {
            if (line.starts_with(process) && line.find(ids) != std::string::npos) {
                return true;
            }
        }
        return false;
    };
    for (const char* process : {"gateway", "auth"}) {
        EXPECT_TRUE(has_line(process, "registering-ana")) << process;
        EXPECT_TRUE(has_line(process, "reading-of-ana")) << process;
    }
    for (const char* process : {"gateway", "chat", "model"}) {
        EXPECT_TRUE(has_line(process, "asking-a-model")) << process;
    }
}

TEST_F(SupervisorTest, a_service_is_called_by_those_of_the_table_alone) {
    Program program{up({"--set", "platform.log_level=info"})};
    ASSERT_NE(program.wait_until_ready(), 0) << program.errors();
    const std::string auth = list().at("auth").url;
    const auto ask_auth = [&](const std::string& shown) {
        return ask_service(auth, "GET", "/internal/revocations?after=0", shown);
    };

    EXPECT_EQ(ask_auth(runtime::make_call_key(key(), "chat", "auth")).first, 200);
    EXPECT_EQ(ask_auth(key()).first, 200) << "an operator's";
    const auto refused = ask_auth(runtime::make_call_key(key(), "model", "auth"));
    EXPECT_EQ(refused.first, 403);
    EXPECT_NE(refused.second.find("call.not_in_table"), std::string::npos) << refused.second;
    EXPECT_EQ(ask_auth(runtime::make_call_key(key(), "chat", "model")).first, 404);
    EXPECT_EQ(ask_auth(runtime::make_call_key("a guess", "chat", "auth")).first, 404);
    EXPECT_EQ(ask_auth("").first, 404);
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait_for_end(), 0);
    EXPECT_NE(program.errors().find("call.refused"), std::string::npos) << program.errors();
    EXPECT_NE(program.errors().find("model -> auth."), std::string::npos);
}

TEST_F(SupervisorTest, a_process_that_is_told_to_drain_ends_with_zero_and_comes_back) {
    Program program{up()};
    ASSERT_NE(program.wait_until_ready(), 0) << program.errors();
    const std::string model = list().at("model").url;

    EXPECT_EQ(ask_service(model, "POST", "/internal/drain", "a guess").first, 404);
    EXPECT_EQ(ask_service(model, "POST", "/internal/drain", key()).first, 202);
    program.read_until("model is back");

    EXPECT_NE(program.errors().find("model ended with code 0; starting it again"),
              std::string::npos)
        << program.errors();
    EXPECT_EQ(list().at("model").restarts, 1);
}

TEST_F(SupervisorTest, every_process_takes_a_change_of_the_config_server) {
    fs::create_directories(served());
    const auto serve = [&](const std::string& level) {
        std::ofstream{served() / "new"} << "platform:\n  log_level: " << level << "\n";
        fs::rename(served() / "new", served() / "loquat.yml");
    };
    serve("error");
    Program program{up({"--set", "config.folder=" + served().string()})};
    ASSERT_NE(program.wait_until_ready(), 0) << program.errors();
    const auto level_of = [&](const std::string& process) {
        return ask_service(list().at(process).url, "GET", "/actuator/loggers/ROOT", key()).second;
    };
    const auto becomes = [&](const std::string& process, const std::string& level) {
        const Steady latest = std::chrono::steady_clock::now() + std::chrono::seconds{30};
        std::string seen = level_of(process);
        while (seen.find(level) == std::string::npos && std::chrono::steady_clock::now() < latest) {
            seen = level_of(process);
        }
        return seen.find(level) != std::string::npos;
    };
    for (const char* process : {"auth", "model", "chat"}) {
        EXPECT_TRUE(becomes(process, "ERROR")) << process << " has read it at its start";
    }

    serve("info");

    for (const char* process : {"auth", "model", "chat"}) {
        EXPECT_TRUE(becomes(process, "INFO")) << process;
    }
}

TEST_F(SupervisorTest, every_process_is_found_in_the_registry) {
    Program program{up()};
    ASSERT_NE(program.wait_until_ready(), 0) << program.errors();
    const std::string registry = list().at("registry").url;
    const auto shown = [&] {
        return ask_service(registry, "GET", "/api/registry/apps", key()).second;
    };

    std::set<std::string> missing;
    const Steady latest = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    do {
        missing.clear();
        const std::string all = shown();
        for (const char* name : {"AUTH", "MODEL", "CHAT", "CONFIG", "GATEWAY"}) {
            if (all.find("\"" + std::string{name} + "\"") == std::string::npos) {
                missing.insert(name);
            }
        }
    } while (!missing.empty() && std::chrono::steady_clock::now() < latest);

    EXPECT_THAT(missing, testing::IsEmpty()) << shown();
}

TEST_F(SupervisorTest, leaves_nobody_behind_when_it_is_killed) {
    Program program{up()};
    ASSERT_NE(program.wait_until_ready(), 0) << program.errors();
    const auto all = watch_all();
    ASSERT_GE(all.size(), 4U);

    program.signal(SIGKILL);
    program.wait_for_end();

    for (const Watched& one : all) {
        EXPECT_TRUE(one.ends_within(10));
    }
}

TEST_F(SupervisorTest, keeps_the_key_between_processes_for_this_user_alone) {
    Program program{up()};
    ASSERT_NE(program.wait_until_ready(), 0) << program.errors();
    struct stat file{};
    ::stat((data() / "processes.key").c_str(), &file);

    EXPECT_GE(key().size(), 32U);
    EXPECT_EQ(file.st_mode & 0777U, 0600U);
    for (const auto& [name, process] : list()) {
        EXPECT_EQ(command_line(process.pid).find(key()), std::string::npos) << name;
        EXPECT_TRUE(fs::exists(data() / name / "manifest")) << name;
    }
}

TEST_F(SupervisorTest, stops_all_when_one_refuses_to_start) {
    fs::create_directories(data() / "auth");
    std::ofstream{data() / "auth" / "manifest"} << "not a manifest";

    Program program{up()};

    EXPECT_EQ(program.wait_until_ready(), 0);
    EXPECT_EQ(program.wait_for_end(), 1);
    EXPECT_NE(program.errors().find("auth ended with code 1 before it was ready; stopping all"),
              std::string::npos)
        << program.errors();
}

TEST_F(SupervisorTest, does_not_mix_the_data_of_one_process_and_of_several) {
    {
        Program several{up()};
        ASSERT_NE(several.wait_until_ready(), 0) << several.errors();
        several.signal(SIGINT);
        EXPECT_EQ(several.wait_for_end(), 0) << several.errors();
    }
    Program one{{"up", "--port", "0", "--data", data().string()}};
    EXPECT_EQ(one.wait_for_end(), 1);
    EXPECT_NE(one.errors().find("with --processes"), std::string::npos) << one.errors();

    Program nobody{{"ps", "--data", data().string()}};
    EXPECT_EQ(nobody.wait_for_end(), 1);
}

}  // namespace
}  // namespace loquat::test
