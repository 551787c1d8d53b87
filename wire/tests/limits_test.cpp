#include "wire/limits.hpp"

#include <gtest/gtest.h>

namespace loquat::wire {

struct Leaf {
    std::string name;
    std::optional<std::int32_t> count;
    static constexpr std::array fields{Field{"name", 1, 3, ""}, Field{"count", 1, 200, ""}};
};
BOOST_DESCRIBE_STRUCT(Leaf, (), (name, count))

struct Tree {
    std::string title;  // without limits
    double share = 0;
    std::uint64_t size = 0;
    std::optional<std::optional<std::string>> note;
    std::vector<Leaf> leaves;
    static constexpr std::array fields{Field{"share", 0, 2, ""}, Field{"size", 0, 10, ""},
                                       Field{"note", 0, 2, ""}, Field{"leaves", 1, 2, ""}};
};
BOOST_DESCRIBE_STRUCT(Tree, (), (title, share, size, note, leaves))

struct Free {
    std::string text;
    std::vector<std::int64_t> numbers;
};
BOOST_DESCRIBE_STRUCT(Free, (), (text, numbers))

namespace {

static_assert(detail::has_limited_member<Tree>());
static_assert(!detail::has_limited_member<Free>(), "costs nothing where nothing is limited");

// Each bad field and what is wrong with it, in order; empty for a good value.
template <class Work>
std::string refusal_of(Work work) {
    try {
        work();
    } catch (const Failure& failure) {
        std::string all;
        for (const FieldError& error : failure.fields) {
            all += error.field + " " + error.code + " " + error.message + "\n";
        }
        return failure.code + "\n" + all;
    }
    return {};
}

Tree good() { return {.title = "", .share = 1, .size = 1, .note = {}, .leaves = {{"a", 1}}}; }

std::vector<Tree> values() {
    std::vector<Tree> all(12, good());
    all[1].share = 2.5;
    all[2].share = -0.1;
    all[3].size = 11;
    all[4].note = std::optional<std::string>{};
    all[5].note = std::optional<std::string>{"abc"};
    all[6].leaves.clear();
    all[7].leaves.resize(3, {"a", 1});
    all[8].leaves = {{"", 1}, {"abcd", 201}};
    all[9].leaves = {{"\u00e4\u00f6\u00fc", std::nullopt}};  // three characters, six bytes
    all[10].leaves = {{"a", 0}};
    all[11].size = ~std::uint64_t{0} / 2;
    return all;
}

TEST(Limits, judge_a_struct_as_the_codec_judges_its_json) {
    int refused = 0;
    for (const Tree& value : values()) {
        const std::string by_codec = refusal_of([&] { from_json<Tree>(encode(value)); });

        const std::string by_limits = refusal_of([&] { check_limits(value); });

        EXPECT_EQ(by_limits, by_codec) << encode(value);
        refused += by_limits.empty() ? 0 : 1;
    }
    EXPECT_EQ(refused, 9);
}

}  // namespace
}  // namespace loquat::wire
