#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <thread>

#include "base/failure.hpp"
#include "net/tls/authority.hpp"
#include "testing/http_caller.hpp"
#include "testing/platform/program.hpp"
#include "testing/temporary_folder.hpp"

// `loquat up --processes --tls`: processes that know each other by certificates.
namespace loquat::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class MutualTls : public testing::Test {
  protected:
    explicit MutualTls(std::vector<std::string> more = {})
        : program_(with({"up",
                         "--processes",
                         "--tls",
                         "--port",
                         "0",
                         "--data",
                         (folder_ / "data").string(),
                         "--set",
                         "platform.log_level=info",
                         "--set",
                         "platform.edge_loops=1",
                         "--set",
                         "platform.drain_seconds=2",
                         "--set",
                         "gateway.limits.enabled=false",
                         "--set",
                         "config.port=0",
                         "--set",
                         "registry.port=0",
                         "--set",
                         "platform.clients.breaker.rest_ms=200"},
                        std::move(more))) {
        port_ = program_.wait_until_ready();
    }

    static std::vector<std::string> with(std::vector<std::string> arguments,
                                         std::vector<std::string> more) {
        for (std::string& setting : more) {
            arguments.insert(arguments.end(), {"--set", std::move(setting)});
        }
        return arguments;
    }
    fs::path certs() const { return folder_ / "data" / "certs"; }
    std::string read(const std::string& name) const {
        std::ifstream in{certs() / name};
        return {std::istreambuf_iterator<char>{in}, {}};
    }
    // As the platform's authority, or as `authority`.
    net::tls::KeyPair issue(const std::vector<std::string>& names, net::tls::Validity validity) {
        return net::tls::issue({read("ca.pem"), read("ca.key")}, names, validity);
    }
    void put(const std::string& name, const net::tls::KeyPair& pair) const {
        std::ofstream{certs() / (name + ".key")} << pair.private_key;
        std::ofstream{certs() / (name + ".pem")} << pair.certificates;
    }
    // Some process says that it has taken a certificate that ends then.
    void wait_until_taken(Time until) {
        const Time second{std::chrono::floor<std::chrono::seconds>(until.time_since_epoch())};
        program_.read_until(R"("until":")" + to_rfc3339(second));
    }
    // Where the supervisor's list says that a process is reached.
    std::uint16_t port_of(const std::string& name) const {
        Program ps{{"ps", "--json", "--data", (folder_ / "data").string()}};
        EXPECT_EQ(ps.wait_for_end(), 0) << ps.errors();
        const wire::Value list = wire::parse(ps.output());
        for (const wire::Value& one : *list.find("processes")->if_array()) {
            if (*one.find("name")->if_string() == name) {
                const std::string& url = *one.find("url")->if_string();
                EXPECT_TRUE(url.starts_with("https://")) << url;
                return net::http::Origin::parse(url).value().port;
            }
        }
        return 0;
    }
    struct Answer {
        int status = 0;
        std::string body;
        std::string code;
    };
    // Asks the service port of a process with that certificate, or with none.
    static Answer ask(std::uint16_t port, const std::string& service, const std::string& target,
                      std::shared_ptr<const net::tls::ClientContext> context) {
        aio::Loop loop{"client"};
        net::http::Client client{loop, {.tls = std::move(context), .tls_name = service}};
        Answer answer;
        auto work = [&]() -> Task<void> {
            try {
                net::http::ClientRequest request{
                    .origin = {"127.0.0.1", port, net::http::Scheme::https}, .target = target};
                const auto got = co_await client.request(std::move(request),
                                                         std::chrono::steady_clock::now() + 10s);
                answer = {got.status, got.body, {}};
            } catch (const Failure& failure) {
                answer.code = failure.code;
            }
        };
        run_to_end(loop, work());
        return answer;
    }
    Answer ask_as(const net::tls::KeyPair& pair, std::uint16_t port, const std::string& service,
                  const std::string& target) const {
        return ask(port, service, target,
                   net::tls::ClientContext::make_mutual(pair, read("ca.pem")));
    }
    void with_caller(const std::function<Task<void>(HttpCaller&)>& work) const {
        aio::Loop loop{"client"};
        HttpCaller caller{loop, port_};
        run_to_end(loop, work(caller));
    }
    void stop() {
        program_.signal(SIGTERM);
        EXPECT_EQ(program_.wait_for_end(), 0) << program_.errors();
    }

    TemporaryFolder folder_;
    const Time now_ = SystemClock{}.now();
    const net::tls::Validity good_{now_ - 1h, now_ + 24h};
    Program program_;
    std::uint16_t port_ = 0;
};

TEST_F(MutualTls, people_sign_in_and_chat) {
    ASSERT_NE(port_, 0) << program_.errors();
    int sent = 0;
    int room = 0;

    with_caller([&](HttpCaller& caller) -> Task<void> {
        const std::string token = co_await caller.make_user("ana");
        const std::string id = co_await caller.make_room(token, "Tea");
        const auto read = co_await caller.call("GET", "/api/chats/" + id, token, "");
        room = read.status;
        const auto asked =
            co_await caller.call("POST", "/api/chat/send", token, R"({"message":"Hello"})");
        sent = asked.status;
    });

    EXPECT_EQ(room, 200);
    EXPECT_EQ(sent, 200);
    Program user{{"user", "list", "--data", (folder_ / "data" / "auth").string()}};
    EXPECT_EQ(user.wait_for_end(), 0) << user.errors();
    EXPECT_NE(user.output().find("ana"), std::string::npos) << user.output();
    stop();
}

TEST_F(MutualTls, the_table_of_calls_holds_for_the_names_of_certificates) {
    ASSERT_NE(port_, 0) << program_.errors();
    const std::uint16_t auth = port_of("auth");
    const std::string target = "/internal/revocations?after=0";

    const Answer allowed = ask_as(issue({"chat"}, good_), auth, "auth", target);
    const Answer refused = ask_as(issue({"model"}, good_), auth, "auth", target);
    const Answer nobody = ask_as(issue({"www.example.org"}, good_), auth, "auth", target);
    const Answer wrong = ask_as(issue({"chat"}, good_), auth, "model", target);
    const Answer expired = ask_as(issue({"chat"}, {now_ - 48h, now_ - 24h}), auth, "auth", target);

    EXPECT_EQ(allowed.status, 200) << allowed.code << allowed.body;
    EXPECT_EQ(refused.status, 403);
    EXPECT_NE(refused.body.find("call.not_in_table"), std::string::npos) << refused.body;
    EXPECT_EQ(nobody.status, 404);
    EXPECT_EQ(wrong.code, "upstream.wrong_service");
    EXPECT_EQ(expired.code, "upstream.certificate_refused");
    stop();
    EXPECT_NE(program_.errors().find("call.refused"), std::string::npos);
    EXPECT_NE(program_.errors().find("tls.certificate_expired"), std::string::npos);
}

TEST_F(MutualTls, who_has_no_certificate_is_told_nothing_but_that_the_process_lives) {
    ASSERT_NE(port_, 0) << program_.errors();
    const std::uint16_t auth = port_of("auth");
    const auto without = net::tls::ClientContext::make_trusting(read("ca.pem"));

    const Answer lives = ask(auth, "auth", "/livez", without);
    const Answer health = ask(auth, "auth", "/actuator/health", without);
    const Answer call = ask(auth, "auth", "/internal/revocations?after=0", without);

    EXPECT_EQ(lives.status, 200) << lives.code;
    EXPECT_EQ(health.status, 403);
    EXPECT_EQ(call.status, 403);
    EXPECT_NE(call.body.find("tls.no_certificate"), std::string::npos) << call.body;
    stop();
    EXPECT_NE(program_.errors().find("tls.no_certificate"), std::string::npos);
}

TEST_F(MutualTls, a_renewed_certificate_is_taken_and_an_expired_one_is_refused_while_it_runs) {
    ASSERT_NE(port_, 0) << program_.errors();
    const std::uint16_t model = port_of("model");
    const auto gateway = issue({"gateway"}, good_);

    std::string token;
    with_caller(
        [&](HttpCaller& caller) -> Task<void> { token = co_await caller.make_user("ana"); });
    put("model", issue({"model"}, {now_ - 1h, now_ + 500h}));
    Program renewed{{"certs", "renew", "auth", "--folder", certs().string()}};
    EXPECT_EQ(renewed.wait_for_end(), 0) << renewed.errors();
    wait_until_taken(now_ + 500h);
    int after_renewal = 0;
    with_caller([&](HttpCaller& caller) -> Task<void> {
        const auto answer =
            co_await caller.call("POST", "/api/chat/send", token, R"({"message":"Hello"})");
        after_renewal = answer.status;
    });
    put("model", net::tls::issue(net::tls::make_authority("theirs", good_), {"model"}, good_));
    program_.read_until("tls.unknown_authority");
    const Answer kept = ask_as(gateway, model, "model", "/livez");
    put("model", issue({"model"}, {now_ - 48h, now_ - 24h}));
    wait_until_taken(now_ - 24h);
    const Answer expired = ask_as(gateway, model, "model", "/livez");

    EXPECT_EQ(after_renewal, 200);
    EXPECT_EQ(kept.status, 200) << kept.code;
    EXPECT_EQ(expired.code, "upstream.certificate_expired");
    stop();
}

// Whose gateway makes a connection for nearly every request, and so shakes hands all the time.
struct MutualTlsUnderLoad : MutualTls {
    MutualTlsUnderLoad() : MutualTls({"gateway.upstream.idle_ms_max=1"}) {}

    std::atomic<bool> is_over = false;
    std::map<std::string, int> wrong;
    int answered = 0;

    Task<void> ask_on(HttpCaller& caller, std::string token) {
        while (!is_over) {
            for (const char* path : {"/api/auth/me", "/api/chats", "/api/home"}) {
                const auto answer = co_await caller.call("GET", path, token, "");
                ++answered;
                if (answer.status != 200 || answer.body.find("absent\":[{") != std::string::npos) {
                    ++wrong[std::to_string(answer.status) + " " + answer.body];
                }
            }
        }
    }
};

TEST_F(MutualTlsUnderLoad, no_request_fails_while_certificates_change) {
    ASSERT_NE(port_, 0) << program_.errors();
    std::string token;
    with_caller(
        [&](HttpCaller& caller) -> Task<void> { token = co_await caller.make_user("ana"); });
    std::thread load{[&] {
        with_caller([&](HttpCaller& caller) -> Task<void> { co_await ask_on(caller, token); });
    }};

    for (int round = 0; round < 3; ++round) {
        for (const char* name : {"chat", "gateway"}) {
            Program renewed{{"certs", "renew", name, "--folder", certs().string()}};
            EXPECT_EQ(renewed.wait_for_end(), 0) << renewed.errors();
        }
        put("model", issue({"model"}, good_));
        const Time until = now_ + 500h + std::chrono::hours{round};
        put("auth", issue({"auth"}, {now_ - 1h, until}));
        wait_until_taken(until);
    }
    is_over = true;
    load.join();

    EXPECT_EQ(wrong, (std::map<std::string, int>{}));
    EXPECT_GT(answered, 10);
    stop();
}

}  // namespace
}  // namespace loquat::test
