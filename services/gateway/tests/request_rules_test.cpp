#include <gtest/gtest.h>

#include <set>

#include "base/failure.hpp"
#include "services/gateway/domain/client_address.hpp"
#include "services/gateway/domain/request_id.hpp"
#include "services/gateway/domain/trace.hpp"
#include "services/gateway/routes/path_rules.hpp"

namespace loquat::gateway {
namespace {

std::string checked(std::string_view path) {
    std::string scratch;
    const auto good = check_path(path, scratch);
    return good ? std::string{good->path} : "refused";
}

TEST(PathRules, leave_ordinary_paths_alone) {
    for (const char* path : {"/", "/api/chats", "/api/chats/", "/a.b/..c/...", "/sp%20ace",
                             "/caf%C3%A9", "/a;v=1", "/x@y:z,(w)", "/%25"}) {
        EXPECT_EQ(checked(path), path);
    }
}

TEST(PathRules, refuse_what_two_servers_could_read_differently) {
    for (const char* path : {"",       "*",           "api",          "//",
                             "//api",  "/api//chats", "/api/chats//", "/.",
                             "/..",    "/api/.",      "/api/../x",    "/api/./x",
                             "/%2e",   "/%2E%2e/x",   "/.%2e",        "/api/%2e%2e/x",
                             "/..;/a", "/a/.;x/b",    "/..%5Cb",      "/a\\b",
                             "/..%2f", "/a%2F..%2Fb", "/..%3Bx/",     "/a%2f.;/b",
                             "/a%00",  "/a%0d%0a",    "/a%7f",        "/a%1F"}) {
        EXPECT_EQ(checked(path), "refused") << path;
    }
}

TEST(PathRules, give_one_spelling_to_one_path) {
    EXPECT_EQ(checked("/%61dmin"), "/admin");
    EXPECT_EQ(checked("/a%7Eb%2Dc%5F%2Ed"), "/a~b-c_.d");
    EXPECT_EQ(checked("/%C3%A9/%41"), "/%C3%A9/A");
}

TEST(RequestId, keeps_only_short_tokens) {
    EXPECT_TRUE(is_sane_request_id("a"));
    EXPECT_TRUE(is_sane_request_id("0198f2c0-7e4b.req_1"));
    EXPECT_TRUE(is_sane_request_id(std::string(64, 'x')));
    EXPECT_FALSE(is_sane_request_id(""));
    EXPECT_FALSE(is_sane_request_id(std::string(65, 'x')));
    EXPECT_FALSE(is_sane_request_id("a b"));
    EXPECT_FALSE(is_sane_request_id("a\"b"));
    EXPECT_FALSE(is_sane_request_id("\xc3\xa9"));
}

TEST(RequestId, never_comes_twice_and_is_itself_sane) {
    RequestIds one;
    RequestIds two;
    std::set<std::string> seen;

    for (int i = 0; i < 10'000; ++i) {
        const auto a = one.next();
        const auto b = two.next();
        seen.emplace(a.data(), a.size());
        seen.emplace(b.data(), b.size());
    }

    EXPECT_EQ(seen.size(), 20'000U);
    EXPECT_TRUE(is_sane_request_id(*seen.begin()));
}

TEST(TraceParent, is_taken_as_the_standard_says) {
    const std::string good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    EXPECT_TRUE(TraceParent::parse(good));
    EXPECT_EQ(TraceParent::parse("cc" + good.substr(2) + "-later")->view(), good);
    for (const std::string& bad :
         {std::string{}, std::string{good.substr(1)}, "ff" + good.substr(2), good + "-more",
          "cc" + good.substr(2) + "x",
          std::string{"00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
          "00-" + std::string(32, '0') + "-b7ad6b7169203331-01",
          "00-0af7651916cd43dd8448eb211c80319c-" + std::string(16, '0') + "-01"}) {
        EXPECT_FALSE(TraceParent::parse(bad)) << bad;
    }
}

TEST(Tracer, goes_on_with_a_trace_and_begins_new_ones) {
    Tracer tracer{100};
    const auto incoming =
        TraceParent::parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");

    const TraceParent next = tracer.next(incoming);
    const TraceParent fresh = tracer.next(std::nullopt);
    const TraceParent other = tracer.next(std::nullopt);

    EXPECT_EQ(next.trace_id(), "0af7651916cd43dd8448eb211c80319c");
    EXPECT_NE(next.view().substr(36, 16), "b7ad6b7169203331");
    EXPECT_FALSE(next.is_sampled());
    EXPECT_TRUE(TraceParent::parse(fresh.view()));
    EXPECT_TRUE(fresh.is_sampled());
    EXPECT_NE(fresh.trace_id(), other.trace_id());
    EXPECT_FALSE(Tracer{0}.next(std::nullopt).is_sampled());
}

net::Address address(std::string_view text) { return net::Address::parse(text).value(); }

std::string client_of(std::vector<std::string> trusted, std::string_view peer,
                      std::vector<net::http::HeaderView> fields) {
    net::http::HeaderViews headers;
    for (const auto& field : fields) {
        EXPECT_TRUE(headers.add(field));
    }
    const ClientPlace place = find_client(Networks{"here", trusted}, address(peer), false, headers);
    return place.address.to_string() + (place.is_secure ? " secure" : "");
}

TEST(ClientAddress, is_the_peer_whatever_an_untrusted_one_says) {
    EXPECT_EQ(client_of({}, "203.0.113.9",
                        {{"X-Forwarded-For", "10.0.0.1"}, {"X-Forwarded-Proto", "https"}}),
              "203.0.113.9");
}

TEST(ClientAddress, is_the_last_hop_that_is_not_trusted) {
    const std::vector<std::string> trusted{"10.0.0.0/8", "::1"};

    EXPECT_EQ(client_of(trusted, "10.1.2.3",
                        {{"X-Forwarded-For", "6.6.6.6, 203.0.113.9"},
                         {"X-Forwarded-For", "10.9.9.9"},
                         {"X-Forwarded-Proto", "https"}}),
              "203.0.113.9 secure");
    EXPECT_EQ(client_of(trusted, "::1", {{"x-forwarded-for", "[2001:db8::7]:4711"}}),
              "2001:db8::7");
    EXPECT_EQ(client_of(trusted, "10.1.2.3", {{"X-Forwarded-For", "nonsense"}}), "10.1.2.3");
    EXPECT_EQ(client_of(trusted, "11.1.2.3", {{"X-Forwarded-For", "1.2.3.4"}}), "11.1.2.3");
}

TEST(NetworkList, refuses_what_is_no_network) {
    for (const char* bad : {"localhost", "10.0.0.0/33", "10.0.0.0/x", "::/129", ""}) {
        EXPECT_THROW((Networks{"here", std::vector<std::string>{bad}}), Failure) << bad;
    }
}

}  // namespace
}  // namespace loquat::gateway
