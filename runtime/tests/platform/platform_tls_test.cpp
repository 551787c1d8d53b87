#include "runtime/tls/platform_tls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "aio/run.hpp"
#include "aio/signal.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::runtime {
namespace {

using namespace std::chrono_literals;
using net::tls::KeyPair;
using net::tls::Trouble;
using net::tls::Validity;
using testing::HasSubstr;

Steady soon() { return std::chrono::steady_clock::now() + 5s; }

// Says who called.
class Names final : public net::http::Handler {
  public:
    Task<void> handle(net::http::Exchange& exchange) override {
        net::http::Response response;
        for (const std::string& name : exchange.certificate_names()) {
            response.body += name + " ";
        }
        co_await exchange.respond(std::move(response));
    }
};

// A process that is called and one that calls, with certificates made here.
class PlatformTlsTest : public testing::Test {
  protected:
    struct Outcome {
        int status = 0;
        std::string body;
        std::string code;
        Trouble heard = Trouble::none;  // by who was called
    };

    void write(const std::string& name, const KeyPair& pair) const {
        std::ofstream{folder_ / (name + ".pem")} << pair.certificates;
        std::ofstream{folder_ / (name + ".key")} << pair.private_key;
    }
    void issue(const std::string& file, const std::vector<std::string>& names,
               Validity validity) const {
        write(file, net::tls::issue(authority_, names, validity));
    }
    PlatformTlsConfig config_of(const std::string& file, const std::string& ca = "ca") const {
        return {.ca = (folder_ / (ca + ".pem")).string(),
                .certificate = (folder_ / (file + ".pem")).string(),
                .key = (folder_ / (file + ".key")).string()};
    }
    std::string code_of(const PlatformTlsConfig& config, std::vector<std::string> services) {
        try {
            const PlatformTls tls{config, std::move(services), clock_};
        } catch (const Failure& failure) {
            return failure.code;
        }
        return "none";
    }

    enum class Listens { tls, plain };
    struct Call {
        std::string service = "auth";
        net::http::Scheme scheme = net::http::Scheme::https;
        Listens listens = Listens::tls;
    };
    // Somebody with `caller`'s certificates calls who has `callee`'s.
    Outcome call(const PlatformTls& caller, PlatformTls& callee, Call how) const {
        aio::Loop loop{"test"};
        Names handler;
        Outcome outcome;
        net::http::ServerConfig limits = callee.for_server({});
        aio::Signal heard;
        limits.on_tls_trouble = [&](const net::Endpoint&, Trouble trouble, const std::string&) {
            outcome.heard = trouble;
            heard.set();
        };
        net::http::Server server{loop, std::move(limits), handler};
        const auto tls =
            how.listens == Listens::tls ? callee.listens_with() : net::http::Server::TlsOfNow{};
        const std::uint16_t port = server.listen_with({}, tls).port;
        net::http::Client client{loop, caller.for_calls({}, how.service)};
        auto work = [&]() -> Task<void> {
            net::http::ClientRequest request{
                .origin = {.host = "127.0.0.1", .port = port, .scheme = how.scheme}};
            try {
                auto answer = co_await client.request(std::move(request), soon());
                outcome.status = answer.status;
                outcome.body = answer.body;
            } catch (const Failure& failure) {
                outcome.code = failure.code;
            }
            if (!outcome.code.empty() && how.listens == Listens::tls) {
                co_await heard.wait_until(soon());
            }
            co_await server.drain(soon());
        };
        run_to_end(loop, work());
        return outcome;
    }
    Outcome call_of_model_to_auth() {
        const PlatformTls model{config_of("model"), {}, clock_};
        PlatformTls auth{config_of("auth"), {}, clock_};
        return call(model, auth, {});
    }

    test::TemporaryFolder folder_;
    const SystemClock clock_;
    const Time now_ = clock_.now();
    const Validity good_{now_ - 1h, now_ + 24h};
    const Validity past_{now_ - 48h, now_ - 24h};
    const Validity future_{now_ + 24h, now_ + 48h};
    const KeyPair authority_ = net::tls::make_authority("ours", {now_ - 100h, now_ + 1'000h});
    const KeyPair stranger_ = net::tls::make_authority("theirs", {now_ - 100h, now_ + 1'000h});

    void SetUp() override {
        write("ca", authority_);
        write("other-ca", stranger_);
        issue("auth", {"auth"}, good_);
        issue("model", {"model", "chat"}, good_);
    }
};

TEST_F(PlatformTlsTest, who_calls_is_known_by_the_names_of_its_certificate) {
    const Outcome outcome = call_of_model_to_auth();

    EXPECT_EQ(outcome.status, 200) << outcome.code;
    EXPECT_EQ(outcome.body, "model chat ");
}

TEST_F(PlatformTlsTest, an_expired_certificate_is_refused_by_who_calls) {
    issue("auth", {"auth"}, past_);

    const Outcome outcome = call_of_model_to_auth();

    EXPECT_EQ(outcome.code, "upstream.certificate_expired");
    EXPECT_EQ(outcome.heard, Trouble::certificate_refused);
}

TEST_F(PlatformTlsTest, a_certificate_of_tomorrow_is_refused_by_who_calls) {
    issue("auth", {"auth"}, future_);

    EXPECT_EQ(call_of_model_to_auth().code, "upstream.certificate_not_yet_valid");
}

TEST_F(PlatformTlsTest, an_expired_certificate_is_refused_by_who_is_called) {
    issue("model", {"model"}, past_);

    const Outcome outcome = call_of_model_to_auth();

    EXPECT_EQ(outcome.code, "upstream.certificate_refused");
    EXPECT_EQ(outcome.heard, Trouble::certificate_expired);
}

TEST_F(PlatformTlsTest, a_certificate_of_tomorrow_is_refused_by_who_is_called) {
    issue("model", {"model"}, future_);

    const Outcome outcome = call_of_model_to_auth();

    EXPECT_EQ(outcome.code, "upstream.certificate_refused");
    EXPECT_EQ(outcome.heard, Trouble::certificate_not_yet_valid);
}

TEST_F(PlatformTlsTest, a_certificate_for_another_service_is_refused_whatever_the_address) {
    const PlatformTls model{config_of("model"), {}, clock_};
    issue("wrong", {"presence", "127.0.0.1", "*"}, good_);
    PlatformTls wrong{config_of("wrong"), {}, clock_};

    EXPECT_EQ(call(model, wrong, {.service = "auth"}).code, "upstream.wrong_service");
    EXPECT_EQ(call(model, wrong, {.service = "presence"}).status, 200);
}

TEST_F(PlatformTlsTest, a_certificate_of_another_authority_is_refused_by_both) {
    write("foreign", net::tls::issue(stranger_, {"auth"}, good_));
    PlatformTls auth{config_of("auth"), {}, clock_};
    PlatformTls foreign{config_of("foreign", "other-ca"), {}, clock_};
    std::ofstream{folder_ / "both.pem"} << authority_.certificates << stranger_.certificates;
    const PlatformTls trusting{{.ca = (folder_ / "both.pem").string(),
                                .certificate = (folder_ / "foreign.pem").string(),
                                .key = (folder_ / "foreign.key").string()},
                               {},
                               clock_};

    EXPECT_EQ(call(auth, foreign, {}).code, "upstream.unknown_authority");
    const Outcome of_caller = call(trusting, auth, {});
    EXPECT_EQ(of_caller.code, "upstream.certificate_refused");
    EXPECT_EQ(of_caller.heard, Trouble::unknown_authority);
}

TEST_F(PlatformTlsTest, who_shows_no_certificate_has_no_name) {
    issue("auth", {"auth", "127.0.0.1"}, good_);
    PlatformTls auth{config_of("auth"), {}, clock_};
    const PlatformTls nobody{{.ca = (folder_ / "ca.pem").string()}, {}, clock_};

    const Outcome outcome = call(nobody, auth, {});

    EXPECT_EQ(outcome.status, 200) << outcome.code;
    EXPECT_EQ(outcome.body, "");
}

TEST_F(PlatformTlsTest, plain_http_to_a_port_of_tls_is_told_so) {
    const PlatformTls model{config_of("model"), {}, clock_};
    PlatformTls auth{config_of("auth"), {}, clock_};

    const Outcome outcome = call(model, auth, {.scheme = net::http::Scheme::http});

    EXPECT_EQ(outcome.status, 400);
    EXPECT_THAT(outcome.body, HasSubstr("http.needs_tls"));
}

TEST_F(PlatformTlsTest, tls_to_a_plain_port_is_told_so) {
    const PlatformTls model{config_of("model"), {}, clock_};
    PlatformTls auth{config_of("auth"), {}, clock_};

    EXPECT_EQ(call(model, auth, {.listens = Listens::plain}).code, "upstream.not_tls");
}

TEST_F(PlatformTlsTest, files_that_cannot_work_are_refused_at_the_start) {
    std::ofstream{folder_ / "nonsense.pem"} << "nonsense";
    std::filesystem::copy_file(folder_ / "auth.key", folder_ / "nonsense.key");
    std::ofstream{folder_ / "mixed.pem"} << std::ifstream{folder_ / "auth.pem"}.rdbuf();
    std::filesystem::copy_file(folder_ / "model.key", folder_ / "mixed.key");

    EXPECT_EQ(code_of(config_of("auth"), {"auth"}), "none");
    EXPECT_EQ(code_of(config_of("auth"), {"auth", "model"}), "tls.wrong_service");
    EXPECT_EQ(code_of(config_of("auth", "other-ca"), {"auth"}), "tls.unknown_authority");
    EXPECT_EQ(code_of(config_of("mixed"), {"auth"}), "tls.bad_certificate");
    EXPECT_EQ(code_of(config_of("nonsense"), {"auth"}), "tls.bad_certificate");
    EXPECT_EQ(code_of(config_of("missing"), {"auth"}), "tls.bad_file");
    EXPECT_EQ(code_of({.ca = folder_.string()}, {}), "tls.bad_file");
}

TEST_F(PlatformTlsTest, a_renewed_certificate_is_taken_without_a_restart) {
    issue("auth", {"auth"}, past_);
    PlatformTls auth{config_of("auth"), {"auth"}, clock_};
    const PlatformTls model{config_of("model"), {}, clock_};
    const Outcome before = call(model, auth, {});
    const auto problem = auth.problem();

    issue("auth", {"auth"}, good_);
    auth.reload();

    EXPECT_EQ(before.code, "upstream.certificate_expired");
    EXPECT_TRUE(problem.has_value());
    EXPECT_EQ(call(model, auth, {}).status, 200);
    EXPECT_FALSE(auth.problem().has_value());
}

TEST_F(PlatformTlsTest, bad_new_files_are_refused_and_the_old_go_on_until_they_are_mended) {
    PlatformTls auth{config_of("auth"), {"auth"}, clock_};
    const PlatformTls model{config_of("model"), {}, clock_};
    const auto files_of = [this](const std::string& name) {
        std::ifstream in{folder_ / name};
        return std::string{std::istreambuf_iterator<char>{in}, {}};
    };
    const std::string certificate = files_of("auth.pem");
    const std::string key = files_of("auth.key");
    const KeyPair foreign = net::tls::issue(stranger_, {"auth"}, good_);
    const KeyPair of_model = net::tls::issue(authority_, {"model"}, good_);

    for (const KeyPair& bad : {KeyPair{"", key}, KeyPair{certificate.substr(0, 200), key},
                               KeyPair{certificate, foreign.private_key}, foreign, of_model}) {
        write("auth", bad);
        auth.reload();
        EXPECT_TRUE(auth.is_refusing_files());
        EXPECT_EQ(call(model, auth, {}).status, 200);
    }
    write("auth", {certificate, key});
    auth.look();

    EXPECT_FALSE(auth.is_refusing_files());
    EXPECT_EQ(call(model, auth, {}).status, 200);
}

TEST_F(PlatformTlsTest, a_key_that_comes_before_its_certificate_is_no_trouble) {
    PlatformTls auth{config_of("auth"), {"auth"}, clock_};
    const KeyPair fresh = net::tls::issue(authority_, {"auth"}, {now_ - 1h, now_ + 48h});

    std::ofstream{folder_ / "auth.key"} << fresh.private_key;
    auth.look();
    const bool was_refusing = auth.is_refusing_files();
    std::ofstream{folder_ / "auth.pem"} << fresh.certificates;
    auth.look();

    EXPECT_FALSE(was_refusing);
    EXPECT_FALSE(auth.is_refusing_files());
    EXPECT_GT(*auth.expires_at(), now_ + 30h);
}

}  // namespace
}  // namespace loquat::runtime
