#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "testing/platform/platform_under_test.hpp"
#include "testing/platform/program.hpp"
#include "testing/temporary_folder.hpp"

// What the program says of its settings, before a start and at one.
namespace loquat::test {
namespace {

using Words = std::vector<std::string>;

class SettingsProgramTest : public testing::Test {
  protected:
    SettingsProgramTest() : folder_(make_folder()) {}
    ~SettingsProgramTest() override { std::filesystem::remove_all(folder_); }

    struct Ended {
        int code;
        std::string said;
    };

    Ended run(Words words, Words settings = {}, Words environment = {}) const {
        words.insert(words.end(), {"--data", folder_.string()});
        for (const std::string& setting : settings) {
            words.insert(words.end(), {"--set", setting});
        }
        return run_plain(std::move(words), std::move(environment));
    }

    static Ended run_plain(Words words, Words environment = {}) {
        Program program{std::move(words), {.environment = std::move(environment)}};
        const int code = program.wait_for_end();
        return {code, program.errors() + program.output()};
    }

    std::filesystem::path folder_;
};

bool says(const std::string& said, const std::string& wanted) {
    return said.find(wanted) != std::string::npos;
}

TEST_F(SettingsProgramTest, says_before_a_start_all_that_a_start_would_refuse) {
    const Words settings{"model.openai.url=notaurl",
                         "model.openai.key_file=/nowhere/key",
                         "gateway.tls.certificate_file=/nowhere/cert",
                         "gateway.tls.key_file=/nowhere/key",
                         "gateway.trusted_proxies=10.0.0.0/40",
                         "gateway.origins=example.org",
                         "gateway.port=99999",
                         "gateway.routes=[{id: a, path: /a/*, upstreams: ['localhost:1']}]",
                         "chat.store_wait_ms=5s",
                         "chat.mebers_max=3"};
    const Words wanted{"model.openai.url",
                       "model.openai.key_file",
                       "gateway.tls.certificate_file",
                       "gateway.tls.key_file",
                       "gateway.trusted_proxies[0]",
                       "gateway.origins: platform.origins[0]",
                       "gateway.port",
                       "gateway.routes[0].path",
                       "gateway.routes[0].upstreams[0]",
                       "chat.store_wait_ms",
                       "did you mean members_max?"};

    const Ended up = run({"up"}, settings);
    const Ended checked = run({"config", "check"}, settings);
    const Ended examined = run({"doctor"}, settings);

    for (const Ended* one : {&up, &checked, &examined}) {
        EXPECT_EQ(one->code, 1);
        for (const std::string& each : wanted) {
            EXPECT_TRUE(says(one->said, "--set: " + each) || says(one->said, each)) << each << "\n"
                                                                                    << one->said;
        }
    }
}

TEST_F(SettingsProgramTest, says_the_line_of_a_file_and_the_name_of_a_flag_or_variable) {
    const std::filesystem::path file = folder_ / "here.yaml";
    std::ofstream{file} << "gateway:\n  routes:\n    - id: a\n      path: /a\n      upstream: x\n";

    const Ended checked = run({"config", "check", "--config", file.string()}, {},
                              {"LOQUAT_GATEWAY_ACCESS_LOG=false", "LOQUAT_CHAT__MEMBERS_MAX=many"});
    const Ended up = run({"up", "--address", "localhost"});

    EXPECT_EQ(checked.code, 1);
    EXPECT_TRUE(says(checked.said,
                     "here.yaml:5: gateway.routes[0].upstream is not a known key; did "
                     "you mean upstreams?"))
        << checked.said;
    EXPECT_TRUE(says(checked.said, "LOQUAT_GATEWAY__ACCESS_LOG")) << checked.said;
    EXPECT_TRUE(says(checked.said, "LOQUAT_CHAT__MEMBERS_MAX: chat.members_max must be"))
        << checked.said;
    EXPECT_TRUE(says(up.said, "--address: gateway.address must be a numeric address")) << up.said;
}

TEST_F(SettingsProgramTest, shows_and_explains_what_there_is_and_nothing_else) {
    const Ended nothing = run({"config", "show", "nosuch"});
    const Ended near = run({"config", "show", "gatway"});
    const Ended list = run_plain({"config", "explain", "gateway.routes"});
    const Ended one = run_plain({"config", "explain", "chat.members_max"});

    EXPECT_EQ(nothing.code, 1);
    EXPECT_TRUE(says(nothing.said, "There is no setting nosuch")) << nothing.said;
    EXPECT_EQ(near.code, 1);
    EXPECT_TRUE(says(near.said, "did you mean gateway")) << near.said;
    EXPECT_EQ(list.code, 0);
    EXPECT_TRUE(says(list.said, "gateway.routes[].upstreams")) << list.said;
    EXPECT_TRUE(says(list.said, "every item needs it")) << list.said;
    EXPECT_TRUE(says(one.said, "LOQUAT_CHAT__MEMBERS_MAX")) << one.said;
}

TEST_F(SettingsProgramTest, says_no_password_of_any_address_of_a_server) {
    const std::vector<std::pair<std::string, std::string>> urls{
        {"SQL", "postgresql://u:hush-1@h1,h2:5/db?sslpassword=hush-2&password=hush-3"},
        {"SQL", "host=h1 user=u password = 'hush-1 hush-2' dbname=db"},
        {"LOG", "kafkas://u:hush-1@k1:9092,k2:9092?mechanism=PLAIN"},
        {"LOG", "amqps://u:hush%2D-1@h1,h2/chat"},
        {"BROADCAST", "rediss+sentinel://u:hush-1@h1,h2/chat?sentinel_password=hush-2"},
        {"LIMITS", "redis://:hush-1@h1"},
        {"MESSAGES", "mongodb://u:hush-1@h1/db?tlsCertificateKeyFilePassword=hush-2"},
        {"LOG", "kafka://u:hush-1@h1:port"},
        {"LIMITS", "redis://u:hush-1@h1/none"},
        {"MESSAGES", "nothing://u:hush-1@h1"},
    };
    const std::map<std::string, std::string> kinds{
        {"kafkas", "kafka"},  {"kafka", "kafka"},  {"amqps", "rabbitmq"},
        {"redis", "redis"},   {"rediss", "redis"}, {"rediss+sentinel", "redis"},
        {"mongodb", "mongo"}, {"nothing", "mongo"}};

    for (const auto& [need, url] : urls) {
        const auto kind = kinds.find(url.substr(0, url.find("://")));
        const std::string prefix = "LOQUAT_STORE__" + need;
        const Words environment{
            prefix + "__KIND=" + (kind == kinds.end() ? "postgres" : kind->second),
            prefix + "__URL=" + url};
        for (const Words& words : std::vector<Words>{
                 {"config", "show"}, {"config", "show", "--json"}, {"config", "check"}}) {
            const Ended ended = run(words, {}, environment);
            EXPECT_FALSE(says(ended.said, "hush")) << words[1] << " " << ended.said;
        }
        EXPECT_TRUE(says(run({"config", "show"}, {}, environment).said, "***")) << url;
    }
}

TEST_F(SettingsProgramTest, understands_older_names_with_a_warning) {
    const Ended checked = run({"config", "check"}, {"realtime.origins=https://a.example"});

    EXPECT_EQ(checked.code, 0);
    EXPECT_TRUE(says(checked.said, "realtime.origins is now platform.origins")) << checked.said;
}

TEST_F(SettingsProgramTest, gives_up_on_a_neighbour_that_does_not_come_and_says_which) {
    const Ended served =
        run({"serve", "gateway"}, {"platform.urls=[{service: auth, url: 'http://127.0.0.1:1'}]",
                                   "platform.neighbour_seconds_max=0", "gateway.port=0"});

    EXPECT_EQ(served.code, 1);
    EXPECT_TRUE(says(served.said, "auth did not answer at http://127.0.0.1:1")) << served.said;
}

TEST_F(SettingsProgramTest, a_certificate_of_its_own_is_trusted_by_name_and_stays) {
    const auto ask = [this](const std::string& port, Words more) {
        const std::filesystem::path password = folder_ / "password";
        std::ofstream{password} << "a long password 1\n";
        Words words{"chat",   "--url",  "https://localhost:" + port,
                    "--user", "nobody", "--password-file",
                    password, "--once", "hello"};
        words.insert(words.end(), more.begin(), more.end());
        return run_plain(std::move(words), {"XDG_CONFIG_HOME=" + folder_.string()}).said;
    };
    const std::filesystem::path file = folder_ / "self-signed.pem";
    std::string first;
    for (int start = 0; start < 2; ++start) {
        Program program{{"up", "--port", "0", "--tls-self-signed", "--data", folder_.string()}};
        const std::string port = std::to_string(program.wait_until_ready());

        EXPECT_TRUE(says(ask(port, {}), "--ca-file FILE"));
        EXPECT_FALSE(says(ask(port, {"--ca-file", file.string()}), "--ca-file"));

        program.signal(SIGTERM);
        EXPECT_EQ(program.wait_for_end(), 0);
        std::ifstream in{file};
        const std::string kept{std::istreambuf_iterator<char>{in}, {}};
        EXPECT_TRUE(first.empty() || first == kept);
        first = kept;
    }
    EXPECT_FALSE(first.empty());
}

}  // namespace
}  // namespace loquat::test
