#include "services/config/front/front.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/failure.hpp"
#include "services/config/adapters/file_reader.hpp"
#include "services/config/adapters/yaml_reader.hpp"
#include "services/config/front/writers.hpp"

namespace loquat::config {
namespace {

using testing::HasSubstr;

struct Front : testing::Test {
    std::shared_ptr<Snapshot> main = std::make_shared<Snapshot>(
        Snapshot{.version = "abc", .name_prefix = "file:/c/", .files = {}, .parsed = {}});
    std::unique_ptr<net::TextCipher> cipher = net::make_secret_cipher("foo");
    FileReader reader;
    FrontSettings settings;

    void put(const std::string& path, const std::string& text) {
        main->files[path] = {.text = text, .changed_at = from_unix_ms(784'111'777'000)};
        main->parsed.clear();
    }
    ConfigReply answer(const ConfigRequest& request) {
        const ConfigFront front{reader, cipher.get(), settings};
        const std::vector<SnapshotPtr> snapshots(front.labels_of(request).size(), main);
        return front.answer(request, snapshots);
    }
    ConfigReply ask(std::vector<std::string> path, std::string_view accept = {},
                    std::vector<std::pair<std::string, std::string>> query = {}) {
        return answer({.method = "GET",
                       .path = std::move(path),
                       .query = std::move(query),
                       .accept = accept});
    }
    ConfigReply post(std::vector<std::string> path, std::string_view body,
                     std::string_view type = "text/plain") {
        return answer({.method = "POST",
                       .path = std::move(path),
                       .query = {},
                       .body = body,
                       .content_type = type});
    }
    std::string code_of(std::vector<std::string> path) {
        try {
            return std::to_string(ask(std::move(path)).status);
        } catch (const Failure& failure) {
            return failure.code;
        }
    }
};

TEST_F(Front, gives_the_environment_in_the_form_of_spring) {
    put("application.yml", "a:\n  b: 1\n");
    put("chat-eu.yml", "a: {b: 2}\nlist: [x]\nn: 1.5\nflag: true\n");

    EXPECT_EQ(ask({"chat", "dev,eu"}).body,
              R"({"name":"chat","profiles":["dev,eu"],"label":null,"version":"abc","state":null,)"
              R"("propertySources":[{"name":"file:/c/chat-eu.yml","source":{"a.b":2,)"
              R"("list[0]":"x","n":1.5,"flag":true}},)"
              R"({"name":"file:/c/application.yml","source":{"a.b":1}}]})");
    EXPECT_THAT(ask({"chat", "dev", "main"}).body, HasSubstr(R"("label":"main")"));
}

TEST_F(Front, says_where_values_stand_to_who_asks_for_the_second_form) {
    put("chat.yml", "\na: x\n");

    const ConfigReply reply =
        ask({"chat", "default"}, "application/vnd.spring-cloud.config-server.v2+json");

    EXPECT_EQ(reply.type, "application/vnd.spring-cloud.config-server.v2+json");
    EXPECT_THAT(reply.body, HasSubstr(R"("source":{"a":{"value":"x","origin":"2:4"}})"));
}

TEST_F(Front, knows_labels) {
    EXPECT_EQ(code_of({"chat", "dev", "main"}), "200");
    settings.accepts_empty = false;
    EXPECT_EQ(code_of({"chat", "dev", "main"}), "404");
}

TEST_F(Front, refuses_ways_out_of_its_folder) {
    put("secret.txt", "s");
    for (const std::string way : {"..", "../x", "..%2f", "%2e%2e", "a\\b", "(_)..(_)etc", ".git"}) {
        EXPECT_EQ(code_of({way, "dev"}), "config.bad_name") << way;
        EXPECT_EQ(code_of({"chat", way}), "config.bad_name") << way;
        EXPECT_EQ(code_of({"chat", "dev", way}), "config.bad_name") << way;
        EXPECT_EQ(code_of({"chat", "dev", "main", way, "secret.txt"}), "config.bad_name") << way;
        EXPECT_EQ(code_of({"chat", "dev", way, "secret.txt"}), "config.bad_name") << way;
    }
}

TEST_F(Front, gives_all_in_one_as_a_file) {
    put("application.yml", "url: http://${host}/${none:x}\nlist: [a, b]\nb: 'true'\n");
    put("chat.yml", "host: h\nlist: [c]\nx: {y: 1}\n");

    EXPECT_EQ(ask({"chat-dev.properties"}).body,
              "b: true\nhost: h\nlist[0]: c\nurl: http://h/x\nx.y: 1");
    EXPECT_EQ(ask({"main", "chat-dev.yml"}).body,
              "host: h\nlist:\n- c\nx:\n  y: 1\nurl: http://h/x\nb: 'true'\n");
    EXPECT_EQ(ask({"chat-dev.json"}).body,
              R"({"host":"h","list":["c"],"x":{"y":1},"url":"http://h/x","b":"true"})");
    EXPECT_THAT(ask({"chat-dev.json"}, "", {{"resolvePlaceholders", "false"}}).body,
                HasSubstr("${host}"));
    EXPECT_EQ(code_of({"chat.yml"}), "404");
}

TEST_F(Front, gives_files_with_their_placeholders_filled_in) {
    put("chat.yml", "host: h\n");
    put("conf/nginx.conf", "plain ${host}");
    put("conf/nginx-dev.conf", "dev ${host}");

    EXPECT_EQ(ask({"chat", "dev", "main", "conf", "nginx.conf"}).body, "dev h");
    EXPECT_EQ(ask({"chat", "prod", "main", "conf", "nginx.conf"}).body, "plain h");
    EXPECT_EQ(ask({"chat", "prod", "conf", "nginx.conf"}, "", {{"useDefaultLabel", ""}}).status,
              200);
    EXPECT_EQ(ask({"chat", "dev", "main", "conf", "nginx.conf"}, "application/octet-stream").body,
              "dev ${host}");
    EXPECT_EQ(code_of({"chat", "dev", "main", "none.conf"}), "404");
}

TEST_F(Front, decrypts_what_it_gives_and_names_what_it_cannot) {
    put("chat.yml",
        "a: '{cipher}682bc583f4641835fa2db009355293665d2647dade3375c0ee201de2a49f7bda'\n"
        "b: '{cipher}00'\nc: '{cipher}{key:k}682bc583f4641835fa2db009355293665d2647dad"
        "e3375c0ee201de2a49f7bda'\n");

    EXPECT_THAT(ask({"chat", "dev"}).body,
                HasSubstr(R"("source":{"a":"mysecret","invalid.b":"<n/a>","c":"mysecret"})"));
    cipher.reset();
    EXPECT_THAT(ask({"chat", "dev"}).body, HasSubstr(R"("b":"{cipher}00")"));
}

TEST_F(Front, encrypts_and_decrypts_for_who_asks) {
    const ConfigReply encrypted = post({"encrypt"}, "my text");
    EXPECT_EQ(encrypted.status, 200);
    EXPECT_EQ(post({"decrypt"}, encrypted.body).body, "my text");
    EXPECT_EQ(post({"decrypt"}, "{cipher}" + encrypted.body + "\n").body, "my text");
    EXPECT_EQ(post({"decrypt"}, "00").status, 400);
    EXPECT_EQ(ask({"encrypt", "status"}).body, R"({"status":"OK"})");
    EXPECT_EQ(ask({"key"}).status, 404);
    cipher.reset();
    EXPECT_EQ(post({"encrypt"}, "x").status, 404);
    EXPECT_THAT(ask({"encrypt", "status"}).body, HasSubstr("NO_KEY"));
}

TEST_F(Front, fails_for_who_needs_a_file_that_cannot_be_read_and_for_nobody_else) {
    put("chat.yml", "a: [");

    EXPECT_EQ(code_of({"chat", "dev"}), "config.malformed");
    EXPECT_EQ(code_of({"mail", "dev"}), "200");
}

TEST(Writers, make_a_tree_of_flat_names) {
    const std::vector<Entry> entries{
        {.key = "a.b[1].c", .value = 1},  {.key = "a.b[0]", .value = "x"},
        {.key = "d", .value = "leaf"},    {.key = "d.e", .value = true},
        {.key = "[7]", .value = "seven"}, {.key = "l[99999999]", .value = 1}};

    EXPECT_EQ(wire::to_json(to_tree(entries)),
              R"({"a":{"b":["x",{"c":1}]},"d":{"e":true},"[7]":"seven","l":{"[99999999]":1}})");
    EXPECT_EQ(to_yaml(wire::Object{}), "{}\n");
}

TEST(Writers, write_yaml_that_reads_back) {
    const std::string yaml =
        to_yaml(to_tree(read_yaml("a: {b: [1, {c: 'yes', d: ''}], 'x y': '0123'}\n")[0].entries));

    EXPECT_EQ(wire::to_json(to_tree(read_yaml(yaml)[0].entries)),
              R"({"a":{"b":[1,{"c":"yes","d":""}],"x y":"0123"}})");
}

}  // namespace
}  // namespace loquat::config
