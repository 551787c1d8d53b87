#include "services/gateway/routes/answer_steps.hpp"

#include <gtest/gtest.h>

#include "services/gateway/routes/filters.hpp"

namespace loquat::gateway {
namespace {

// What becomes of these fields; `path` and `host` are the client's.
AnswerFieldList after(const std::vector<StepConfig>& filters, AnswerFieldList fields,
                      std::string_view path = "/some/object/name",
                      std::string_view host = "api.example.com") {
    Filters made;
    for (const StepConfig& filter : filters) {
        EXPECT_EQ(Filters::find_fault(filter), std::nullopt);
        made.add(filter);
    }
    EXPECT_TRUE(made.answer_steps().are_needed());
    made.answer_steps().apply(fields, {path, host, {}});
    return fields;
}

std::string location(std::vector<std::string> args, const std::string& value,
                     std::string_view path = "/some/object/name") {
    return after({{"RewriteLocationResponseHeader", std::move(args)}}, {{"Location", value}}, path)
        .at(0)
        .second;
}

std::string fault(const std::string& name, std::vector<std::string> args) {
    return Filters::find_fault({name, std::move(args)}).value_or("");
}

TEST(AnswerSteps, keep_the_first_the_last_or_each_of_values_that_come_again) {
    const AnswerFieldList fields{{"X-A", "1"}, {"X-B", "b"}, {"x-a", "2"},
                                 {"X-A", "1"}, {"X-C", "c"}, {"X-C", "c"}};

    EXPECT_EQ(after({{"DedupeResponseHeader", {"X-A X-C"}}}, fields),
              (AnswerFieldList{{"X-A", "1"}, {"X-B", "b"}, {"X-C", "c"}}));
    EXPECT_EQ(after({{"DedupeResponseHeader", {"X-A", "RETAIN_LAST"}}}, fields),
              (AnswerFieldList{{"X-B", "b"}, {"X-A", "1"}, {"X-C", "c"}, {"X-C", "c"}}));
    EXPECT_EQ(after({{"DedupeResponseHeader", {" X-A  X-C ", "RETAIN_UNIQUE"}}}, fields),
              (AnswerFieldList{{"X-A", "1"}, {"X-B", "b"}, {"x-a", "2"}, {"X-C", "c"}}));
}

TEST(AnswerSteps, rewrite_every_place_of_every_value_that_fits) {
    const std::string told = "/42?user=ford&password=omg!what&flag=true";

    EXPECT_EQ(
        after({{"RewriteResponseHeader", {"X-Response-Red", "password=[^&]+", "password=***"}}},
              {{"x-response-red", told}, {"X-Response-Red", "none"}, {"X", told}}),
        (AnswerFieldList{{"x-response-red", "/42?user=ford&password=***&flag=true"},
                         {"X-Response-Red", "none"},
                         {"X", told}}));
    EXPECT_EQ(after({{"RewriteResponseHeader", {"A", "(?<x>b)(c)?", "$\\{x}-$2$\\{x}"}}},
                    {{"A", "abcb"}}),
              (AnswerFieldList{{"A", "ab-cbb-b"}}));
    EXPECT_EQ(after({{"RewriteResponseHeader", {"A", "b", ""}}}, {{"A", "abcb"}}),
              (AnswerFieldList{{"A", "ac"}}));
}

TEST(AnswerSteps, leave_out_a_value_that_takes_too_long_to_look_through) {
    const std::string many(200, 'a');

    EXPECT_EQ(
        after({{"RewriteResponseHeader", {"A", "(a+)+$", "x"}}}, {{"A", many + "!"}, {"B", "b"}}),
        (AnswerFieldList{{"B", "b"}}));
}

TEST(AnswerSteps, put_the_host_that_was_asked_into_a_location) {
    const std::string inside = "http://object-service.prod.example.net:8080/v2/some/object/id?a#b";

    EXPECT_EQ(location({}, inside), "http://api.example.com/some/object/id?a#b");
    EXPECT_EQ(location({"AS_IN_REQUEST"}, inside, "/v1/some"),
              "http://api.example.com/v2/some/object/id?a#b");
    EXPECT_EQ(location({"NEVER_STRIP"}, inside), "http://api.example.com/v2/some/object/id?a#b");
    EXPECT_EQ(location({"ALWAYS_STRIP"}, inside, "/v1/some"),
              "http://api.example.com/some/object/id?a#b");
    EXPECT_EQ(location({"NEVER_STRIP", "Location", "shop.example:99"}, "https://in/x"),
              "https://shop.example:99/x");
}

TEST(AnswerSteps, leave_a_location_that_is_not_for_them) {
    for (const char* one : {"/v2/relative", "v2", "gopher://in/v2/x", "", "xhttp://in/v2/x"}) {
        EXPECT_EQ(location({}, one), one);
    }
    EXPECT_EQ(location({"AS_IN_REQUEST", "Location", "", "https"}, "http://in/x"), "http://in/x");
    EXPECT_EQ(location({"AS_IN_REQUEST", "Location", "", "https"}, "https://in/x"),
              "https://api.example.com/x");
    for (const char* one : {"/version/x", "/v/x", "/v2x/y", "/v2"}) {
        EXPECT_EQ(location({}, std::string{"http://in"} + one),
                  std::string{"http://api.example.com"} + one)
            << "no version";
    }
    EXPECT_EQ(location({}, "http://in"), "http://api.example.com");
    EXPECT_EQ(location({}, "http://[::1]:80/v2/x"), "http://api.example.com/x");
    EXPECT_EQ(after({{"RewriteLocationResponseHeader", {"NEVER_STRIP", "X-To"}}},
                    {{"Location", "http://in/x"}, {"x-to", "http://in/x"}}),
              (AnswerFieldList{{"Location", "http://in/x"}, {"x-to", "http://api.example.com/x"}}));
    EXPECT_EQ(
        after({{"RewriteLocationResponseHeader", {}}}, {{"Location", "http://in/x"}}, "/", ""),
        (AnswerFieldList{{"Location", "http://in/x"}}))
        << "nobody was asked";
}

TEST(AnswerSteps, are_met_in_the_order_from_the_last_to_the_first) {
    const StepConfig dedupe{"DedupeResponseHeader", {"A"}};
    const StepConfig adds{"AddResponseHeader", {"A", "2"}};
    const StepConfig sets{"SetResponseHeader", {"A", "2"}};
    const StepConfig removes{"RemoveResponseHeader", {"A"}};
    const AnswerFieldList one{{"A", "1"}};

    EXPECT_EQ(after({dedupe, adds}, one), one);
    EXPECT_EQ(after({adds, dedupe}, one), (AnswerFieldList{{"A", "1"}, {"A", "2"}}));
    EXPECT_EQ(after({sets, dedupe}, one), (AnswerFieldList{{"A", "2"}}));
    EXPECT_EQ(after({dedupe, removes}, one), AnswerFieldList{});
    EXPECT_EQ(after({{"RewriteResponseHeader", {"A", "2", "3"}}, sets}, one),
              (AnswerFieldList{{"A", "3"}}));
}

TEST(AnswerSteps, are_refused_by_name_and_argument) {
    EXPECT_EQ(fault("DedupeResponseHeader", {"A", "RETAIN_ALL"}),
              "DedupeResponseHeader needs RETAIN_FIRST, RETAIN_LAST or RETAIN_UNIQUE, not "
              "RETAIN_ALL");
    EXPECT_EQ(fault("DedupeResponseHeader", {"A Content-Length"}),
              "DedupeResponseHeader must not change the field Content-Length");
    EXPECT_EQ(fault("DedupeResponseHeader", {" "}),
              "DedupeResponseHeader needs names of fields, with spaces between them");
    EXPECT_EQ(fault("DedupeResponseHeader", {}),
              "DedupeResponseHeader takes 1 to 2 arguments, not 0");
    EXPECT_EQ(fault("RewriteResponseHeader", {"A", "b"}),
              "RewriteResponseHeader takes 3 to 3 arguments, not 2");
    EXPECT_TRUE(
        fault("RewriteResponseHeader", {"A", "(", "x"}).contains("is no regular expression"));
    for (const char* with : {"$2", "${y}", "${x", "$", "${}"}) {
        EXPECT_EQ(fault("RewriteResponseHeader", {"A", "(?<x>b)", with}),
                  std::string{"RewriteResponseHeader has no such group as in: "} + with);
    }
    EXPECT_EQ(fault("RewriteResponseHeader", {"A", "b", "a\nb"}),
              "RewriteResponseHeader has a value that cannot be sent");
    EXPECT_EQ(fault("RewriteResponseHeader", {"X-Loquat-User", "b", "a"}),
              "RewriteResponseHeader must not change the field X-Loquat-User");
    EXPECT_EQ(fault("RewriteLocationResponseHeader", {"STRIP"}),
              "RewriteLocationResponseHeader needs NEVER_STRIP, AS_IN_REQUEST or ALWAYS_STRIP, not "
              "STRIP");
    EXPECT_EQ(
        fault("RewriteLocationResponseHeader", {"", "", "http://a/b"}),
        "RewriteLocationResponseHeader needs a host such as shop.example:8080, not http://a/b");
    EXPECT_EQ(fault("RewriteLocationResponseHeader", {"", "a b"}),
              "RewriteLocationResponseHeader must not change the field a b");
    EXPECT_TRUE(fault("RewriteLocationResponseHeader", {"", "", "", "[a"})
                    .contains("is no regular expression"));
    EXPECT_EQ(fault("RequestHeaderSize", {"much"}),
              "RequestHeaderSize needs bytes or a size such as 1000B, not much");
    EXPECT_EQ(fault("RequestHeaderSize", {"0"}),
              "RequestHeaderSize needs bytes or a size such as 1000B, not 0");
    EXPECT_EQ(fault("RequestHeaderSize", {"1KB", "a:b"}),
              "RequestHeaderSize must not change the field a:b");
    EXPECT_EQ(fault("FallbackHeaders", {"Host"}), "FallbackHeaders must not change the field Host");
    EXPECT_EQ(fault("FallbackHeaders", {"A", "", "", "B"}), "");
    EXPECT_TRUE(fault("RewritePath", {"/(?<a>.*)", "/$\\{b}"}).contains("has no such group"));
}

}  // namespace
}  // namespace loquat::gateway
