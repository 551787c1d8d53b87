#include <gtest/gtest.h>

#include <fstream>

#include "services/registry/tests/port_harness.hpp"

// The registry as a process, and processes that find each other by it.
namespace loquat::registry {
namespace {

TEST_F(Processes, are_shown_while_they_run_with_what_others_need_to_call_them) {
    const auto at = registry("one");
    auto process = shop("[\"" + at->address() + "\"]");

    EXPECT_TRUE(shows(*at, R"("application":"SHOP")")) << apps(*at);
    EXPECT_TRUE(shows(*at, R"("service-url":")" + process->service_address())) << apps(*at);
    process.reset();

    EXPECT_EQ(apps(*at).find("SHOP"), std::string::npos) << "it signs off before it stops";
}

TEST_F(Processes, register_again_after_the_registry_was_away) {
    auto at = registry("one");
    const std::string port = port_of(at->address());
    const auto process = shop("[\"" + at->address() + "\"]");
    ASSERT_TRUE(shows(*at, "SHOP"));

    at.reset();
    at = registry("one", port);

    EXPECT_TRUE(shows(*at, "SHOP"));
}

TEST_F(Processes, that_are_strangers_are_known_to_a_registry_that_starts_again) {
    auto at = registry("one");
    const std::string port = port_of(at->address());
    const std::string body =
        R"({"instance":{"instanceId":"a","hostName":"h","app":"STRANGER","ipAddr":"10.0.0.1",)"
        R"("status":"UP","port":{"$":80,"@enabled":"true"},"metadata":{"k":"v"},)"
        R"("leaseInfo":{"renewalIntervalInSecs":30,"durationInSecs":90},)"
        R"("dataCenterInfo":{"name":"MyOwn"}}})";
    ASSERT_EQ(ask(at->address(), "POST", "/eureka/apps/STRANGER", body).status, 204);
    const std::string address = at->address();

    at.reset();
    at = registry("one", port);

    EXPECT_NE(apps(*at).find(R"("k":"v")"), std::string::npos) << apps(*at);
    EXPECT_EQ(ask(address, "PUT", "/eureka/apps/STRANGER/a").status, 200) << "its beat is enough";
}

TEST_F(Processes, start_a_registry_whose_file_is_nonsense) {
    registry("one").reset();
    std::ofstream{folder / "one" / "registry.known.json"} << "{\"applications\":[[[";

    const auto at = registry("one");

    EXPECT_EQ(ask(at->address(), "GET", "/eureka/apps/").status, 200);
}

TEST_F(Processes, go_on_at_another_registry) {
    auto first = registry("one");
    const auto second = registry("two", "0", "[\"" + first->address() + "\"]");
    const auto process = shop("[\"" + first->address() + "\",\"" + second->address() + "\"]");
    ASSERT_TRUE(shows(*first, "SHOP"));

    first.reset();

    EXPECT_TRUE(shows(*second, "SHOP"));
}

TEST_F(Processes, of_another_key_get_no_name_of_the_platforms_own) {
    const auto at = registry("one");

    const auto answer = ask(at->address(), "POST", "/eureka/apps/shop", "{}");

    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(ask(at->address(), "GET", "/api/registry/watch?instance=SHOP/x").status, 403);
    EXPECT_EQ(ask(at->address(), "GET", "/api/registry/watch?since=x").status, 422);
    EXPECT_EQ(ask(at->address(), "GET", "/api/registry/watch?instance=OTHER/x").status, 404);
}

TEST_F(PortTest, knows_every_way_in_which_clients_write_a_path) {
    open();
    ASSERT_EQ(add("localhost:jqservice:8080"), 204);

    for (const char* path :
         {"/eureka/apps", "/eureka/apps/", "/eureka//apps/", "/eureka/v1/apps", "/eureka/v2/apps/",
          "/eureka/apps/JQSERVICE", "/eureka/v2/apps/jqservice/localhost%3Ajqservice%3A8080",
          "/eureka/instances/localhost:jqservice:8080", "/eureka/vips/jq.test",
          "/eureka/apps/delta?regions=a,b"}) {
        const auto answer = ask("GET", path);
        EXPECT_EQ(answer.status, 200) << path;
        EXPECT_EQ(answer.headers.get("Content-Type"), "application/xml") << path;
        EXPECT_NE(answer.body.find("<app>JQSERVICE</app>"), std::string::npos) << path;
    }
    EXPECT_EQ(ask("PUT", "/eureka/apps/jqservice/localhost:jqservice:8080").status, 200);
    EXPECT_EQ(
        ask("PUT", "/eureka/v2/apps/JQSERVICE/localhost%3Ajqservice%3A8080/metadata?a=b+c").status,
        200);
    EXPECT_NE(ask("GET", "/eureka/apps/jqservice").body.find("<a>b c</a>"), std::string::npos);
    EXPECT_EQ(ask("DELETE", "/eureka/apps/jqservice/localhost:jqservice:8080").status, 200);
}

TEST_F(PortTest, answers_strangers_with_nothing_and_wrong_bodies_with_text) {
    open();

    const auto stranger = ask("PUT", "/eureka/apps/NOBODY/x", {}, {{"Accept", "application/json"}});
    const auto wrong = ask("POST", "/eureka/apps/x", "{");
    const auto large = ask("POST", "/eureka/apps/x", std::string(300'000, ' '));
    const auto metadata = add("a", R"(,"metadata":{"a":")" + std::string(70'000, 'x') + "\"}");

    EXPECT_EQ(stranger.status, 404);
    EXPECT_EQ(stranger.body, "");
    EXPECT_EQ(wrong.status, 400);
    EXPECT_EQ(large.status, 413);
    EXPECT_EQ(metadata, 413);
    for (const auto* answer : {&wrong, &large}) {
        EXPECT_EQ(answer->headers.get("Content-Type"), "text/plain;charset=UTF-8");
    }
}

TEST_F(PortTest, compresses_for_who_can_read_it) {
    open();
    for (int i = 0; i < 20; ++i) {
        ASSERT_EQ(add("i" + std::to_string(i)), 204);
    }

    const auto zipped = ask("GET", "/eureka/apps", {}, {{"Accept-Encoding", "gzip"}});
    const auto refused = ask("GET", "/eureka/apps", {}, {{"Accept-Encoding", "gzip;q=0"}});
    const auto plain = ask("GET", "/eureka/apps");

    EXPECT_EQ(zipped.headers.get("Content-Encoding"), "gzip");
    EXPECT_EQ(net::http::gunzip(zipped.body, 1'000'000), plain.body);
    EXPECT_EQ(refused.body, plain.body);
}

TEST_F(PortTest, asks_for_a_password_where_there_is_one) {
    open({"registry.username=eve", "registry.password=pass"});

    EXPECT_EQ(ask("GET", "/eureka/apps").status, 401);
    EXPECT_EQ(ask("GET", "/registry").status, 401);
    EXPECT_EQ(ask("GET", "/eureka/apps", {}, {{"Authorization", "Basic ZXZlOnBhc3M="}}).status,
              200);
    EXPECT_EQ(ask("GET", "/eureka/apps", {}, {{"Authorization", "Basic ZXZlOm5v"}}).status, 401);
    EXPECT_EQ(ask("GET", "/actuator/health").status, 200);
}

TEST_F(PortTest, shows_its_page_to_people_and_runs_nothing_of_what_instances_say) {
    open();
    ASSERT_EQ(add("<script>alert(1)</script>"), 204);

    const auto page = ask("GET", "/registry");

    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.body.find("<script>alert"), std::string::npos);
    EXPECT_NE(page.body.find("&lt;script&gt;alert(1)"), std::string::npos);
    EXPECT_TRUE(page.headers.get("Content-Security-Policy").starts_with("default-src 'none'"));
    EXPECT_EQ(ask("GET", "/").headers.get("Location"), "/registry");
    EXPECT_EQ(ask("GET", "/registry/live.js").status, 200);
    EXPECT_EQ(ask("GET", "/registry/style.css").status, 200);
    EXPECT_EQ(ask("GET", "/registry/other").status, 404);
}

}  // namespace
}  // namespace loquat::registry
