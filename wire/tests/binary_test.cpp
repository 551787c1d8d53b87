#include <gtest/gtest.h>

#include <array>

#include "wire/binary.hpp"

namespace loquat::wire {
namespace {

TEST(Binary, keeps_numbers_at_their_limits) {
    constexpr std::array<std::int64_t, 6> numbers{0, -1, 1, 300, INT64_MIN, INT64_MAX};
    Encoder out;
    for (const std::int64_t number : numbers) {
        out.signed_number(number);
        out.number(static_cast<std::uint64_t>(number));
    }
    const std::string bytes = out.take();

    Decoder in{bytes};
    for (const std::int64_t number : numbers) {
        EXPECT_EQ(in.signed_number(), number);
        EXPECT_EQ(in.number(), static_cast<std::uint64_t>(number));
    }

    EXPECT_TRUE(in.finished());
}

TEST(Binary, refuses_numbers_that_are_padded_or_too_long) {
    for (const std::string& bytes : {std::string("\x80\x00", 2), std::string(10, '\xff'),
                                     std::string(9, '\x80') + "\x02", std::string(11, '\x80')}) {
        Decoder in{bytes};
        in.number();
        EXPECT_FALSE(in.ok());
    }
}

TEST(Binary, refuses_counts_and_lengths_beyond_what_is_left) {
    Encoder out;
    out.number(1'000'000'000'000);
    const std::string bytes = out.take();

    Decoder counting{bytes};
    Decoder measuring{bytes};
    EXPECT_EQ(counting.count(16), 0U);
    EXPECT_FALSE(counting.ok());
    EXPECT_EQ(measuring.bytes(), "");
    EXPECT_FALSE(measuring.ok());
}

}  // namespace
}  // namespace loquat::wire
