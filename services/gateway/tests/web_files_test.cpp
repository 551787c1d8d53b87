#include "services/gateway/domain/negotiate.hpp"
#include "services/gateway/tests/harness.hpp"

namespace loquat::gateway {
namespace {

class WebFilesTest : public testing::Test, protected GatewayHarness {
  protected:
    WebFilesTest() { start(); }
};

TEST_F(WebFilesTest, give_the_page_for_every_address_that_is_opened_as_a_page) {
    const net::http::Headers browser{{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"}};

    for (const char* target : {"/", "/index.html", "/c/123/m/4", "/new", "/settings/profile"}) {
        const auto response = get(target, browser);
        EXPECT_EQ(response.status, 200) << target;
        EXPECT_EQ(response.body, "<!doctype html>") << target;
        EXPECT_EQ(response.headers.get("Cache-Control"), "no-cache") << target;
        EXPECT_NE(response.headers.get("Content-Security-Policy").find("frame-ancestors 'none'"),
                  std::string::npos);
    }
    EXPECT_EQ(get("/", {{"Accept", "*/*"}}).status, 200);
}

TEST_F(WebFilesTest, never_give_the_page_to_programs) {
    const net::http::Headers browser{{"Accept", "text/html"}};

    for (const char* target :
         {"/api/nothing", "/api", "/internal/x", "/assets/gone.js", "/.well-known/x"}) {
        EXPECT_EQ(get(target, browser).status, 404) << target;
    }
    EXPECT_EQ(get("/actuator/x", browser).status, 401) << "nobody learns which of them there are";
    EXPECT_EQ(get("/c/123", {{"Accept", "*/*"}}).status, 404);
}

TEST_F(WebFilesTest, say_that_they_can_only_be_read) {
    for (const char* target :
         {"/", "/index.html", "/c/123", "/c/123/m/4", "/settings/profile", "/app.js"}) {
        for (const char* method : {"POST", "PUT", "PATCH", "DELETE", "TRACE"}) {
            const auto refused = send({.method = method, .target = target});

            EXPECT_EQ(refused.status, 405) << method << " " << target;
            EXPECT_EQ(refused.headers.get("Allow"), "GET, HEAD, OPTIONS") << method << target;
        }
        EXPECT_EQ(send({.method = "BREW", .target = target}).status, 501) << target;
        const auto asked = send({.method = "OPTIONS", .target = target});
        EXPECT_EQ(asked.status, 204) << target;
        EXPECT_EQ(asked.headers.get("Allow"), "GET, HEAD, OPTIONS") << target;
    }
    EXPECT_EQ(post("/nothing", "").status, 404);
}

TEST_F(WebFilesTest, are_sent_in_the_form_that_the_browser_takes) {
    const auto plain = get("/app.js");
    const auto gzip = get("/app.js", {{"Accept-Encoding", "gzip, deflate"}});
    const auto brotli = get("/app.js", {{"Accept-Encoding", "gzip, br"}});

    EXPECT_EQ(plain.body, "let a;");
    EXPECT_EQ(gzip.body, "GZIP");
    EXPECT_EQ(gzip.headers.get("Content-Encoding"), "gzip");
    EXPECT_EQ(brotli.body, "BR");
    EXPECT_EQ(brotli.headers.get("Vary"), "Accept-Encoding");
    EXPECT_NE(gzip.headers.get("ETag"), brotli.headers.get("ETag"));
    EXPECT_FALSE(get("/assets/a-1.css").headers.contains("Vary"));
}

TEST_F(WebFilesTest, are_kept_for_ever_when_their_name_changes_with_them) {
    EXPECT_EQ(get("/assets/a-1.css").headers.get("Cache-Control"),
              "public, max-age=31536000, immutable");
    EXPECT_EQ(get("/app.js").headers.get("Cache-Control"), "no-cache");
}

TEST_F(WebFilesTest, are_not_sent_again_to_who_has_them) {
    const auto first = get("/app.js");
    const std::string etag{first.headers.get("ETag")};

    const auto again = get("/app.js", {{"If-None-Match", "\"x\", W/" + etag}});
    const auto other_form = get("/app.js", {{"If-None-Match", etag}, {"Accept-Encoding", "br"}});

    EXPECT_EQ(again.status, 304);
    EXPECT_EQ(again.headers.get("ETag"), etag);
    EXPECT_TRUE(again.body.empty());
    EXPECT_EQ(other_form.status, 200);
}

TEST_F(WebFilesTest, have_a_head_of_their_own) {
    const auto head = send({.method = "HEAD", .target = "/app.js"});

    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.headers.get("Content-Length"), "6");
    EXPECT_TRUE(head.body.empty());
}

TEST(Negotiate, reads_weights) {
    EXPECT_TRUE(accepts_coding("gzip", "gzip"));
    EXPECT_TRUE(accepts_coding("br, GZIP;q=0.5", "gzip"));
    EXPECT_TRUE(accepts_coding("*", "gzip"));
    EXPECT_FALSE(accepts_coding("gzip;q=0", "gzip"));
    EXPECT_FALSE(accepts_coding("*, gzip; Q=0.000", "gzip"));
    EXPECT_FALSE(accepts_coding("", "gzip"));
    EXPECT_FALSE(accepts_coding("identity", "gzip"));
    EXPECT_FALSE(names_type("*/*", "text/html"));
    EXPECT_TRUE(names_type("a/b, text/html;level=1", "text/html"));
    EXPECT_TRUE(is_json_type("Application/JSON; charset=utf-8"));
    EXPECT_TRUE(is_json_type("application/problem+json"));
    EXPECT_FALSE(is_json_type("text/plain"));
    EXPECT_FALSE(is_json_type("+json"));
}

}  // namespace
}  // namespace loquat::gateway
