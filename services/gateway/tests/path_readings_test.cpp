#include "base/text.hpp"
#include "services/gateway/tests/harness.hpp"

// Paths that the server behind could read differently than the gateway does.
namespace loquat::gateway {
namespace {

class PathReadings : public GatewayHarness, public testing::Test {
  protected:
    PathReadings() {
        upstream_ = &add_upstream(text_answer("behind"));
        add_route("open", "/up/**", {upstream_->url()});
        add_route("closed", "/up/admin/**", {upstream_->url()}).access = RouteAccess::user;
        add_route("page", "/up/page", {upstream_->url()}).access = RouteAccess::user;
    }
    RouteConfig& open_route() { return config.routes[0]; }
    // The status, and with 200 what the upstream was asked for.
    std::string ask(const std::string& target) {
        const auto before = upstream_->heads().size();
        const std::string answer =
            send_raw("GET " + target + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        std::string status = answer.substr(9, 3);
        if (upstream_->heads().size() > before) {
            status += " " + std::string{split(upstream_->heads().back(), ' ')[1]};
            status = status.substr(0, status.find('\n'));
        }
        return status;
    }

    FakeUpstream* upstream_;
};

TEST_F(PathReadings, that_differ_are_refused) {
    start();

    for (const char* path : {"/up/admin;a=b/x",  "/up/..;/internal/x", "/up/.;/admin/x",
                             "/up/;/admin/x",    "/up/a;v=1",          "/up/a%3Bv",
                             "/up/admin%3ba/x",  "/up/..%3b/x",        "/up/.%2e;x/y",
                             "/up/%2e%2e;/y",    "/up/a%2Fb",          "/up/a%2fb",
                             "/up/..%2Fadmin/x", "/up/%2e%2e%2fadmin", "/up/a%5Cb",
                             "/up/..%5cadmin",   "/up/a%00",           "/up/a%0a",
                             "/up/%252e%252e/x", "/up/a%252Fb",        "/up/%2561dmin/x",
                             "/up/a%253Bb",      "/up/%25%32%65",      "/up/%c0%ae%c0%ae/x",
                             "/up/a%c0%afb",     "/up/%c1%9c",         "/up/%e0%80%af",
                             "/up/%f0%80%80%af", "/up//admin/x",       "/up/./admin/x",
                             "/up/../x",         "/up/page/",          "/up/\\admin",
                             "/up/a%zz"}) {
        EXPECT_EQ(ask(path), "400") << path;
    }
    EXPECT_TRUE(upstream_->heads().empty());
}

TEST_F(PathReadings, that_agree_go_on) {
    start();

    for (const char* path : {"/up/a", "/up/a/", "/up", "/up/sp%20ace", "/up/caf%C3%A9", "/up/50%25",
                             "/up/a@b:c,(d)=e", "/up/a.b/..c/...", "/up/%E2%82%AC"}) {
        EXPECT_EQ(ask(path), std::string{"200 "} + path);
    }
    EXPECT_EQ(ask("/up/%61"), "200 /up/a");
    EXPECT_EQ(ask("/up/a?x=;%2F..//%00"), "200 /up/a?x=;%2F..//%00");
    EXPECT_EQ(ask("/up/%61dmin/x"), "401");
    EXPECT_EQ(ask("/up/admin/"), "401");
}

TEST_F(PathReadings, with_encoded_slashes_go_on_byte_for_byte_where_the_route_says_so) {
    open_route().encoded_slashes = PathRule::pass;
    start();

    for (const char* path :
         {"/up/queues/%2F/q", "/up/queues/%2f/q", "/up/group%2Fproject/x", "/up/lib%2Fclass%2Erb",
          "/up/%2F", "/up/%2F%2F/x", "/up/a%5Cb", "/up/a%5cb%2e", "/up/%2E%2E%2E"}) {
        EXPECT_EQ(ask(path), std::string{"200 "} + path);
    }
    for (const char* path :
         {"/up/..%2Fadmin", "/up/a%2F..%2Fadmin", "/up/a%2F%2e%2e/x", "/up/admin%2Fx",
          "/up/%2Fadmin/x", "/up%2Fadmin/x", "/up/a%252Fb", "/up/a%255Cb", "/up/a%2F;x",
          "/api%2Flogin", "/up/page%2F", "/up/admin%5Cx", "/up%5Cadmin%5Cx", "/up/..%5Cadmin",
          "/up/a%5C..%2Fadmin", "/up/page%5C", "/up/a\\b"}) {
        EXPECT_NE(ask(path).substr(0, 3), "200") << path;
    }
}

TEST_F(PathReadings, with_encoded_slashes_are_rewritten_as_they_came) {
    RouteConfig& route = add_route("mq", "/mq/**", {upstream_->url()});
    route.rewrite = "/api/**";
    route.encoded_slashes = PathRule::pass;
    RouteConfig& named = add_route("named", "/vhosts/{vhost}/{queue}", {upstream_->url()});
    named.rewrite = "/api/queues/{vhost}/{queue}";
    named.encoded_slashes = PathRule::pass;
    start();

    EXPECT_EQ(ask("/mq/queues/%2F/q%2E1"), "200 /api/queues/%2F/q%2E1");
    EXPECT_EQ(ask("/vhosts/%2F/q"), "200 /api/queues/%2F/q");
}

TEST_F(PathReadings, with_parameters_go_on_where_they_do_not_change_the_route) {
    open_route().path_parameters = PathRule::pass;
    start();

    for (const char* path : {"/up/a;v=1", "/up/a;v=1/b;w", "/up/a%3Bv"}) {
        EXPECT_EQ(ask(path), std::string{"200 "} + path);
    }
    for (const char* path : {"/up/admin;a=b/x", "/up/..;/internal/x", "/up/.;/admin/x",
                             "/up/;/admin/x", "/up/page;x", "/up/admin%3Ba/x"}) {
        EXPECT_EQ(ask(path), "400") << path;
    }
}

TEST_F(PathReadings, do_not_lead_a_route_of_a_service_to_its_internal_paths) {
    files_url = upstream_->url();
    RouteConfig& route = add_route("files", "/files/**", {});
    route.service = "files";
    route.rewrite = "/**";
    start();

    EXPECT_EQ(ask("/files/a"), "200 /a");
    EXPECT_EQ(ask("/files/internal/sessions"), "404");
}

}  // namespace
}  // namespace loquat::gateway
