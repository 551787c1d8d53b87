#include <gmock/gmock.h>

#include "base/bytes.hpp"
#include "base/failure.hpp"
#include "services/config/tests/harness.hpp"

namespace loquat::config {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST_F(ServiceTest, gives_what_stands_in_its_folder_now) {
    write("application.yml", "a: {b: 1}\n");
    start_folder();
    EXPECT_EQ(body_of(ask("/chat/dev")),
              R"({"name":"chat","profiles":["dev"],"label":null,"version":null,"state":null,)"
              R"("propertySources":[{"name":"file:)" +
                  work().string() + R"(/application.yml","source":{"a.b":1}}]})");

    write("application.yml", "a: {b: 2}\n");
    write("team/chat-dev.yml", "c: 3\n");

    EXPECT_THAT(body_of(ask("/chat/dev")), HasSubstr(R"("a.b":2)"));
    EXPECT_THAT(body_of(ask("/team%2Fchat/dev")), HasSubstr(R"("c":3)"));
    EXPECT_THAT(body_of(ask("/team(_)chat/dev")), HasSubstr(R"("c":3)"));
}

TEST_F(ServiceTest, takes_folders_of_labels_and_search_paths) {
    write("application.yml", "a: root\n");
    write("green/application.yml", "a: green\n");
    write("of/chat/application.yml", "a: chat\n");
    start_folder({"config.search_paths=of/{application}"});

    EXPECT_THAT(body_of(ask("/mail-dev.properties")), "a: root");
    EXPECT_THAT(body_of(ask("/green/mail-dev.properties")), "a: green");
    EXPECT_THAT(body_of(ask("/nothing/mail-dev.properties")), "a: root");
    EXPECT_THAT(body_of(ask("/chat-dev.properties")), "a: chat");
    EXPECT_THAT(body_of(ask("/chat/dev/nothing,green")), HasSubstr("green/application.yml"));
}

TEST_F(ServiceTest, serves_what_it_had_while_its_folder_is_away) {
    write("chat.yml", "a: 1\n");
    start_folder();
    EXPECT_THAT(ask("/chat-dev.yml"), HasSubstr("a: 1"));
    std::filesystem::rename(work(), root / "away");
    EXPECT_THAT(ask("/chat-dev.yml"), HasSubstr("a: 1"));
}

TEST_F(ServiceTest, refuses_every_spelling_of_a_way_out) {
    write("chat.yml", "a: 1\n");
    write("conf/x.txt", "x");
    std::ofstream{root / "secret.txt"} << "secret";
    start_folder();

    for (const char* target : {"/..%2f..%2fsecret/dev",
                               "/chat/..%2F..%2Fsecret",
                               "/chat/dev/..%2F..",
                               "/%2e%2e/dev",
                               "/chat/dev/main/..%2f..%2fsecret.txt",
                               "/chat/dev/main/..%252f..%252fsecret.txt",
                               "/chat/dev/main/%252e%252e/secret.txt",
                               "/chat/dev/main/(_)..(_)secret.txt",
                               "/chat/dev/(_)../secret.txt",
                               "/chat/dev/..(_)../secret.txt",
                               "/chat/dev/main/..%5csecret.txt",
                               "/chat/dev/main/conf%2f..%2f..%2fsecret.txt",
                               "/chat/dev/main/%2fetc%2fpasswd",
                               "/chat/dev/main//etc/passwd",
                               "/chat/dev/%23/x.txt",
                               "/chat/dev/main/file:%2f%2f%2fetc/passwd",
                               "/chat/..%00/main",
                               "/chat/%ff",
                               "/chat/dev%23/main",
                               "/..%2f..%2fsecret-dev.yml",
                               "/(_)..(_)..(_)etc/chat-dev.yml",
                               "/chat/dev/main/.git/config",
                               "/chat/-dev",
                               "/chat/dev-"}) {
        const std::string answer = ask(target);
        EXPECT_EQ(status_of(answer), "400") << target;
        EXPECT_THAT(answer, testing::Not(HasSubstr("secret\r\n\r\nsecret"))) << target;
    }
    EXPECT_EQ(body_of(ask("/chat/dev/main/conf/x.txt")), "x");
    EXPECT_EQ(body_of(ask("/chat/dev/main/conf%2Fx.txt")), "x");
}

TEST_F(ServiceTest, tells_when_a_plain_file_has_not_changed) {
    write("x.txt", "x");
    start_folder();
    const std::string first = ask("/chat/dev/main/x.txt");
    const std::size_t at = first.find("Last-Modified: ");
    ASSERT_NE(at, std::string::npos);
    const std::string date = first.substr(at + 15, 29);

    EXPECT_EQ(status_of(ask("/chat/dev/main/x.txt", "If-Modified-Since: " + date + "\r\n")), "304");
}

TEST_F(ServiceTest, answers_what_is_not_there_with_a_problem) {
    start_folder({"config.accept_empty=false"});
    for (const char* target :
         {"/", "/chat", "/chat/dev", "/chat/dev/main/none.txt", "/chat-dev.yml"}) {
        EXPECT_EQ(status_of(ask(target)), "404") << target;
    }
    EXPECT_EQ(status_of(fetch(platform->address_of("config"), "DELETE", "/chat/dev")), "405");
    EXPECT_THAT(ask("/"), HasSubstr("application/problem+json"));
}

TEST_F(ServiceTest, asks_for_its_password) {
    write("chat.yml", "a: 1\n");
    start_folder({"config.password=secret"});

    EXPECT_EQ(status_of(ask("/chat/dev")), "401");
    EXPECT_EQ(
        status_of(ask("/chat/dev", "Authorization: Basic " + to_base64("user:wrong") + "\r\n")),
        "401");
    EXPECT_EQ(
        status_of(ask("/chat/dev", "Authorization: Basic " + to_base64("user:secret") + "\r\n")),
        "200");
}

TEST_F(ServiceTest, encrypts_as_curl_asks_for_it) {
    write("chat.yml",
          "a: '{cipher}682bc583f4641835fa2db009355293665d2647dade3375c0ee201de2a49f7bda'\n");
    start_folder({"config.encrypt.key=foo"});
    const std::string form = "Content-Type: application/x-www-form-urlencoded\r\n";

    const std::string encrypted = body_of(post("/encrypt", "my%20text", form));

    EXPECT_EQ(body_of(post("/decrypt/chat/dev", encrypted, form)), "my text");
    EXPECT_EQ(body_of(post("/decrypt", encrypted + "=", form)), "my text");
    EXPECT_THAT(ask("/chat/dev"), HasSubstr(R"("a":"mysecret")"));
    EXPECT_EQ(body_of(ask("/encrypt/status")), R"({"status":"OK"})");
}

TEST_F(ServiceTest, follows_a_repository) {
    git("init");
    write("chat.yml", "a: 1\n");
    commit();
    git("branch feature/two");
    start({"config.git.uri=" + work().string()});
    EXPECT_THAT(ask("/chat-dev.yml"), HasSubstr("a: 1"));

    write("chat.yml", "a: 2\n");
    commit();
    git("branch new");

    EXPECT_THAT(ask("/chat-dev.yml"), HasSubstr("a: 2"));
    EXPECT_THAT(ask("/chat/dev/new"), HasSubstr(R"("a":2)"));
    write("chat.yml", "a: 3\n");
    git("commit -am other --amend");
    EXPECT_THAT(ask("/chat-dev.yml"), HasSubstr("a: 3")) << "another history";
    EXPECT_THAT(ask("/chat/dev/feature%2Ftwo"), HasSubstr(R"("a":1)"));
    EXPECT_THAT(ask("/chat/dev/feature(_)two"), HasSubstr(R"("version":")"));
    EXPECT_EQ(status_of(ask("/chat/dev/none")), "404");
    EXPECT_THAT(ask("/chat/dev"), HasSubstr("\"name\":\"" + work().string() + "/chat.yml\""));
}

TEST_F(ServiceTest, says_that_a_repository_was_never_there) {
    start({"config.git.uri=" + (root / "none").string()});

    const std::string answer = ask("/chat/dev");

    EXPECT_EQ(status_of(answer), "503");
    EXPECT_THAT(answer, HasSubstr("config.unreadable"));
}

TEST_F(ServiceTest, is_not_started_with_settings_that_cannot_be) {
    write("no.pem", "no key");
    for (const std::string& setting :
         {"config.folder=" + (root / "none").string(), std::string{"config.search_paths=../x"},
          std::string{"config.overrides=x"},
          "config.encrypt.key_file=" + (work() / "no.pem").string(),
          std::string{"config.default_label=../x"}}) {
        EXPECT_THROW(start({setting}), Failure) << setting;
    }
}

TEST_F(ServiceTest, hears_of_pushes_that_are_signed) {
    start_folder({"config.monitor_secret=It's a Secret to Everybody", "config.password=p"});
    const std::string body = R"({"path":"foo-dev.yml"})";

    EXPECT_EQ(status_of(post("/monitor", body)), "401");
    EXPECT_EQ(body_of(post("/monitor", body, "X-Gitlab-Token: It's a Secret to Everybody\r\n")),
              R"(["foo:dev","foo-dev"])");
}

TEST_F(ServiceTest, hears_of_pushes_of_anybody_where_there_is_no_secret) {
    start_folder();

    EXPECT_EQ(body_of(post("/monitor", "path=application.yml",
                           "Content-Type: application/x-www-form-urlencoded\r\n")),
              R"(["*"])");
    EXPECT_EQ(status_of(post("/actuator/busrefresh", "")), "204");
    EXPECT_EQ(status_of(ask("/actuator/busrefresh")), "405");
    EXPECT_EQ(status_of(post("/actuator/busrefresh/chat:host%3A8080", "")), "204");
}

TEST_F(ServiceTest, gives_followers_one_state_and_keeps_strangers_from_voting) {
    write("application.yml", "spring: {x: 1}\nauth: {y: 2}\n");
    write("auth.yml", "auth: {list: [a, b], y: 3, none: }\n");
    start_folder();

    EXPECT_EQ(body_of(ask("/api/config/state?applications=loquat,auth")),
              R"({"change":0,"label":"","version":"","settings":[)"
              R"({"path":"auth.list[0]","value":"a","origin":"auth.yml:1","shared":false},)"
              R"({"path":"auth.list[1]","value":"b","origin":"auth.yml:1","shared":false},)"
              R"({"path":"auth.y","value":"3","origin":"auth.yml:1","shared":false},)"
              R"({"path":"auth.none","value":"","origin":"auth.yml:1","shared":false},)"
              R"({"path":"spring.x","value":"1","origin":"application.yml:1","shared":true}]})");
    EXPECT_EQ(status_of(ask("/api/config/state?applications=..%2Fx")), "400");
    EXPECT_EQ(status_of(ask("/api/config/follow?applications=auth")), "403");
    EXPECT_EQ(
        status_of(post("/api/config/votes", R"({"follower":"x","change":1,"verdict":"refuses"})")),
        "403");
    const std::string key = "X-Internal-API-Key: " + platform->internal_key() + "\r\n";
    EXPECT_EQ(status_of(post("/api/config/votes",
                             R"({"follower":"x","change":1,"verdict":"refuses"})", key)),
              "410")
        << post("/api/config/votes", R"({"follower":"x","change":1,"verdict":"refuses"})", key);
    EXPECT_EQ(body_of(ask("/api/config/followers")), "[]");
    EXPECT_EQ(body_of(ask("/api/config/changes")), "[]");
}

}  // namespace
}  // namespace loquat::config
