#include "services/gateway/routes/route_table.hpp"

#include <gtest/gtest.h>

#include "contracts/registry.hpp"
#include "services/gateway/routes/route_builder.hpp"

namespace loquat::gateway {
namespace {

net::http::HeaderViews fields(std::initializer_list<net::http::HeaderView> items) {
    net::http::HeaderViews out;
    for (const auto& item : items) {
        EXPECT_TRUE(out.add(item));
    }
    return out;
}

// Routes from configuration, with nothing hosted in this process.
class Routes : public testing::Test {
  protected:
    RouteConfig& add(std::string id, std::string path) {
        auto& route = config_.routes.emplace_back();
        route.id = std::move(id);
        route.path = std::move(path);
        route.upstreams = {"http://127.0.0.1:9000"};
        return route;
    }
    void build() {
        table_ = build_routes(
            config_, {.dispatcher = dispatcher_,
                      .known = known_,
                      .may_be_elsewhere = [this](auto name) { return name == elsewhere_; }});
    }
    std::string refusal() {
        try {
            build();
            return "";
        } catch (const Failure& failure) {
            return failure.message;
        }
    }
    RouteTable::Found find(std::string_view method, std::string_view path,
                           std::string_view host = "example.org",
                           std::initializer_list<net::http::HeaderView> headers = {}) {
        return table_->find({Methods::of(method), path, host, fields(headers)});
    }
    std::string id(std::string_view method, std::string_view path,
                   std::string_view host = "example.org",
                   std::initializer_list<net::http::HeaderView> headers = {}) {
        const auto found = find(method, path, host, headers);
        return found.route != nullptr ? found.route->id : "";
    }

    runtime::Metrics metrics_;
    runtime::Dispatcher dispatcher_{metrics_};
    std::vector<contracts::Operation> known_ = contracts::all_operations();
    std::string elsewhere_;
    GatewayConfig config_;
    std::shared_ptr<const RouteTable> table_;
};

TEST_F(Routes, are_found_among_ten_thousand) {
    for (int i = 0; i < 10'000; ++i) {
        add("r" + std::to_string(i), "/tenant-" + std::to_string(i) + "/{id}/items/**");
    }
    build();

    EXPECT_EQ(id("GET", "/tenant-0/7/items/a/b"), "r0");
    EXPECT_EQ(id("GET", "/tenant-9999/7/items"), "r9999");
    EXPECT_EQ(id("GET", "/tenant-10000/7/items"), "");
    EXPECT_EQ(id("GET", "/tenant-5/7/other"), "");
}

TEST_F(Routes, prefer_the_most_exact_path) {
    add("rest", "/shop/**");
    add("one", "/shop/{id}");
    add("exact", "/shop/sale");
    build();

    EXPECT_EQ(id("GET", "/shop/sale"), "exact");
    EXPECT_EQ(id("GET", "/shop/7"), "one");
    EXPECT_EQ(id("GET", "/shop/7/reviews"), "rest");
    EXPECT_EQ(id("GET", "/shop"), "rest");
}

TEST_F(Routes, are_chosen_by_method_and_say_which_there_are) {
    add("read", "/things").methods = {"GET"};
    add("write", "/things").methods = {"POST", "PUT"};
    build();

    EXPECT_EQ(id("GET", "/things"), "read");
    EXPECT_EQ(id("HEAD", "/things"), "read");
    EXPECT_EQ(id("PUT", "/things"), "write");
    const auto refused = find("DELETE", "/things");
    EXPECT_EQ(refused.route, nullptr);
    EXPECT_EQ(refused.allowed.with_implied().to_string(), "GET, HEAD, POST, PUT, OPTIONS");
    EXPECT_TRUE(find("GET", "/nothing").allowed.empty());
}

TEST_F(Routes, are_chosen_by_host) {
    add("exact", "/x").host = "a.example.org";
    add("sub", "/x").host = "*.Example.org";
    add("any", "/x");
    build();

    EXPECT_EQ(id("GET", "/x", "A.example.org:8080"), "exact");
    EXPECT_EQ(id("GET", "/x", "b.example.org"), "sub");
    EXPECT_EQ(id("GET", "/x", "example.org"), "any");
    EXPECT_EQ(id("GET", "/x", "[::1]:8080"), "any");
}

TEST_F(Routes, are_chosen_by_headers) {
    add("beta", "/x").headers = {{"X-Beta", "yes"}, {"X-User", ""}};
    add("plain", "/x");
    build();

    EXPECT_EQ(id("GET", "/x", "h", {{"x-beta", "yes"}, {"x-user", "7"}}), "beta");
    EXPECT_EQ(id("GET", "/x", "h", {{"x-beta", "yes"}}), "plain");
    EXPECT_EQ(id("GET", "/x", "h", {{"x-beta", "no"}, {"x-user", "7"}}), "plain");
}

TEST_F(Routes, fall_back_to_a_less_exact_path_whose_conditions_hold) {
    add("special", "/x/y").methods = {"POST"};
    add("general", "/x/**");
    build();

    EXPECT_EQ(id("POST", "/x/y"), "special");
    EXPECT_EQ(id("GET", "/x/y"), "general");
}

TEST_F(Routes, keep_their_own_parameter_names_where_patterns_have_one_shape) {
    add("first", "/x/{a}").methods = {"GET"};
    add("second", "/x/{b}").methods = {"POST"};
    build();

    EXPECT_EQ(find("GET", "/x/7").parameters.at(0).first, "a");
    EXPECT_EQ(find("POST", "/x/7").parameters.at(0).first, "b");
    EXPECT_EQ(find("POST", "/x/7").parameters.at(0).second, "7");
}

TEST_F(Routes, rewrite_paths) {
    add("a", "/old/{id}/**").rewrite = "/v2/**";
    add("b", "/users/{id}/posts/{post}").rewrite = "/posts/{post}/of/{id}";
    add("c", "/strip/**").rewrite = "/**";
    build();
    const auto rewritten = [&](std::string_view path) {
        const auto found = find("GET", path);
        return found.route->rewrite.apply(path, found.parameters);
    };

    EXPECT_EQ(rewritten("/old/7/a%20b/c"), "/v2/a%20b/c");
    EXPECT_EQ(rewritten("/old/7"), "/v2");
    EXPECT_EQ(rewritten("/users/7/posts/x"), "/posts/x/of/7");
    EXPECT_EQ(rewritten("/strip/a/b"), "/a/b");
    EXPECT_EQ(rewritten("/strip"), "/");
}

TEST_F(Routes, of_services_elsewhere_come_from_their_contracts) {
    elsewhere_ = "auth";
    build();

    EXPECT_EQ(id("POST", "/api/auth/login"), "auth.login");
    EXPECT_EQ(find("POST", "/api/auth/login").route->trust, UpstreamTrust::platform);
    EXPECT_EQ(find("POST", "/api/auth/login").route->limit.kind, LimitKind::sign_in);
    EXPECT_EQ(id("GET", "/api/chats"), "");
    EXPECT_EQ(id("GET", "/internal/revocations"), "") << "internal routes do not exist outside";
}

TEST_F(Routes, can_have_other_limits) {
    elsewhere_ = "auth";
    config_.limits.routes = {{"GET", "/api/users/{id}", 7, 3}, {"GET", "/api/auth/me", 0, 0}};
    build();

    EXPECT_EQ(find("GET", "/api/users/x").route->limit.rate, Rate::of(7, 3));
    EXPECT_EQ(find("GET", "/api/auth/me").route->limit.kind, LimitKind::none);
    EXPECT_EQ(find("GET", "/api/users").route->limit.kind, LimitKind::standard);
}

TEST_F(Routes, keep_the_paths_of_services_that_run_nowhere) {
    add("r", "/api/auth/login");
    EXPECT_EQ(refusal(), "gateway.routes: r: path /api/auth/login belongs to Loquat itself");
    config_.routes[0].path = "/api/auth/**";
    EXPECT_EQ(refusal(), "");
    EXPECT_EQ(id("POST", "/api/auth/login"), "");
    EXPECT_EQ(id("POST", "/api/auth/other"), "r");
}

TEST_F(Routes, do_not_lead_to_link_local_addresses_that_nobody_allowed) {
    for (const char* url :
         {"http://169.254.169.254", "http://169.254.0.1:80", "http://[fe80::1]:80",
          "http://[febf::1]", "http://[::ffff:169.254.169.254]", "http://[::a9fe:a9fe]",
          "http://[64:ff9b::a9fe:a9fe]", "http://[2002:a9fe:a9fe::1]", "http://[fd00:ec2::254]",
          "https://100.100.100.200", "http://168.63.129.16"}) {
        config_.routes.clear();
        add("r", "/x").upstreams = {"http://127.0.0.1:1", url};
        EXPECT_NE(refusal().find("link_local_networks can allow it"), std::string::npos) << url;
    }
    for (const char* url : {"http://169.253.1.1", "http://[fec0::1]", "http://[::1]",
                            "http://100.100.100.201", "http://metadata.example"}) {
        config_.routes.clear();
        add("r", "/x").upstreams = {url};
        EXPECT_EQ(refusal(), "") << url;
    }
    config_.routes[0].upstreams = {"http://169.254.7.1"};
    config_.upstream.link_local_networks = {"169.254.7.0/24"};
    EXPECT_EQ(refusal(), "");
    config_.routes[0].upstreams = {"http://169.254.8.1"};
    EXPECT_NE(refusal(), "");
}

TEST_F(Routes, that_are_not_spelled_plainly_are_refused) {
    for (const char* path : {"/%61pi/x", "/a;b/x", "/a%2Fb", "/a/../b", "/x/%252e"}) {
        config_.routes.clear();
        add("r", path);
        EXPECT_EQ(refusal(), "gateway.routes: r: path is not in its plain form") << path;
    }
}

TEST_F(Routes, that_cannot_be_are_refused_by_name) {
    add("r", "x");
    EXPECT_EQ(refusal(), "gateway.routes: r: path must begin with a slash");
    config_.routes[0].path = "/**/x";
    EXPECT_EQ(refusal(),
              "gateway.routes: r: path has **, which stands for nothing: {name} is one segment, a "
              "last ** any rest");
    config_.routes[0].path = "/x";
    config_.routes[0].methods = {"FLY"};
    EXPECT_EQ(refusal(),
              "gateway.routes: r: methods[0] must be one of GET, HEAD, POST, PUT, PATCH, DELETE, "
              "OPTIONS, TRACE, not FLY");
    config_.routes[0].methods = {};
    config_.routes[0].service = "auth";
    EXPECT_EQ(refusal(), "gateway.routes: r: needs either upstreams or a service");
    config_.routes[0].upstreams = {};
    EXPECT_EQ(refusal(),
              "gateway.routes: r: service auth has no address in platform.urls, and no registry "
              "is asked");
    config_.routes[0].service = "";
    config_.routes[0].upstreams = {"ftp://x"};
    EXPECT_EQ(refusal(),
              "gateway.routes: r: upstreams[0] must be of the form http://host:port, not ftp://x");
    config_.routes[0].upstreams = {"http://127.0.0.1:1"};
    config_.routes[0].rewrite = "/{nothing}";
    EXPECT_EQ(refusal(), "gateway.routes: r: rewrite names {nothing}, which its path has not");
    config_.routes[0].rewrite = "";
    add("r", "/y");
    EXPECT_EQ(refusal(), "gateway.routes: r: id comes twice");
}

}  // namespace
}  // namespace loquat::gateway
