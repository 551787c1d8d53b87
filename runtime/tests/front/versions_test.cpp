#include "contracts/core/versions.hpp"

#include <gtest/gtest.h>

#include "contracts/core/check.hpp"
#include "runtime/calls/caller_header.hpp"
#include "runtime/front/problem.hpp"
#include "testing/failure_code.hpp"
#include "wire/failure_value.hpp"

namespace loquat::contracts {
namespace {

Caller with(std::string if_match) {
    Caller caller;
    caller.if_match = std::move(if_match);
    return caller;
}

TEST(Versions, are_read_out_of_the_body_or_of_if_match) {
    EXPECT_EQ(expected_version(with("")), std::nullopt);
    EXPECT_EQ(expected_version(with(""), 7), 7);
    EXPECT_EQ(expected_version(with("\"7\"")), 7);
    EXPECT_EQ(expected_version(with(" \"7\" "), 7), 7);
    EXPECT_EQ(expected_version(with("*")), std::nullopt);
    EXPECT_EQ(to_etag(7), "\"7\"");
}

TEST(Versions, of_tags_that_are_none_of_ours_are_nobodys) {
    for (const char* tag :
         {"7", "W/\"7\"", "\"07\"", "\"\"", "\"seven\"", "\"-1\"", "\"99999999999999999999\""}) {
        EXPECT_EQ(expected_version(with(tag)), -1) << tag;
    }
}

TEST(Versions, that_contradict_each_other_are_refused) {
    EXPECT_EQ(test::code_of([] { expected_version(with("\"7\""), 8); }), "request.invalid");
    EXPECT_EQ(test::code_of([] { expected_version(with("\"7\", \"8\"")); }), "request.invalid");
}

TEST(Versions, of_a_caller_go_along_to_other_processes) {
    EXPECT_EQ(runtime::decode_caller(runtime::encode_caller(with("\"7\""))).if_match, "\"7\"");
}

TEST(Guests, may_only_what_a_row_opens_to_them) {
    const auto ask = [](Access access) {
        return test::code_of([access] { check_access(access, From::outside, Role::guest); });
    };

    EXPECT_EQ(ask(Access::anyone), "");
    EXPECT_EQ(ask(Access::guest), "");
    EXPECT_EQ(ask(Access::user), "auth.not_for_guests");
    EXPECT_EQ(ask(Access::admin), "auth.not_for_guests");
    EXPECT_EQ(ask(Access::internal), "request.no_route");
    EXPECT_EQ(test::code_of([] { check_access(Access::guest, From::outside, std::nullopt); }),
              "auth.required");
    EXPECT_EQ(test::code_of([] { check_access(Access::guest, From::outside, Role::user); }), "");
}

TEST(Problems, carry_values_of_any_kind_across_processes) {
    Failure failure{Kind::conflict, "product.out_of_stock", "There are only 3."};
    failure.extra.emplace_back("reason", "sold");
    wire::add_value(failure, "available", std::int64_t{3});
    wire::add_value(failure, "lines", std::vector<std::string>{"a", "\"b\""});

    const std::string body = runtime::problem_body(failure, "r1");
    const Failure read = runtime::failure_of_answer(409, body);

    EXPECT_EQ(read.extra, failure.extra);
    EXPECT_EQ(read.values, failure.values);
    EXPECT_EQ(runtime::problem_body(read, "r1"), body);
}

TEST(Problems, have_a_status_for_what_must_be_paid_and_for_what_must_hold) {
    EXPECT_EQ(http_status(Kind::unpaid), 402);
    EXPECT_EQ(http_status(Kind::precondition), 412);
    EXPECT_EQ(kind_of_status(412), Kind::precondition);
}

}  // namespace
}  // namespace loquat::contracts
