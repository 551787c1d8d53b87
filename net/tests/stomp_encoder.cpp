#include <gtest/gtest.h>

#include "net/stomp/encoder.hpp"
#include "net/stomp/negotiate.hpp"

namespace loquat::net::stomp {
namespace {

using namespace std::literals;
using namespace std::chrono_literals;

TEST(StompEncoder, escapes_as_the_version_demands) {
    const auto encode = [](Version version, Command command) {
        std::string out;
        FrameWriter{out, version, command}.header("k", "a:b\n\\\r").finish();
        return out;
    };

    EXPECT_EQ(encode(Version::v1_2, Command::message), "MESSAGE\nk:a\\cb\\n\\\\\\r\n\n\0"s);
    EXPECT_EQ(encode(Version::v1_1, Command::message), "MESSAGE\nk:a\\cb\\n\\\\ \n\n\0"s);
    EXPECT_EQ(encode(Version::v1_0, Command::message), "MESSAGE\nk:a:b \\ \n\n\0"s);
    EXPECT_EQ(encode(Version::v1_2, Command::connected), "CONNECTED\nk:a:b \\ \n\n\0"s);
}

TEST(StompEncoder, counts_the_body_in_bytes) {
    std::string out;

    FrameWriter{out, Version::v1_2, Command::message}.header("seq", 42).finish("\xc3\xa9\0"sv);

    EXPECT_EQ(out, "MESSAGE\nseq:42\ncontent-length:3\n\n\xc3\xa9\0\0"s);
}

TEST(StompVersion, is_the_highest_common_one) {
    EXPECT_EQ(choose_version(std::nullopt), Version::v1_0);
    EXPECT_EQ(choose_version("1.0"), Version::v1_0);
    EXPECT_EQ(choose_version("1.2,1.1,1.0"), Version::v1_2);
    EXPECT_EQ(choose_version("1.0, 1.1"), Version::v1_1);
    EXPECT_EQ(choose_version("2.0,1.1"), Version::v1_1);
    EXPECT_FALSE(choose_version("2.0"));
    EXPECT_FALSE(choose_version(""));
}

TEST(HeartBeat, takes_the_longer_period_and_zero_switches_off) {
    const BeatPlan plan = agree({10s, 10s}, {5s, 20s});
    EXPECT_EQ(plan.send_every, 20s);
    EXPECT_EQ(plan.expect_every, 10s);

    const BeatPlan none = agree({10s, 10s}, {0s, 0s});
    EXPECT_EQ(none.send_every, 0s);
    EXPECT_EQ(none.expect_every, 0s);
}

TEST(HeartBeat, is_two_numbers) {
    EXPECT_EQ(parse_heart_beat("0,0")->can, 0ms);
    EXPECT_EQ(parse_heart_beat("5000,10000")->wants, 10s);
    for (const char* bad : {"", "1", "1,", ",1", "-1,0", "1,2,3", "a,b", "99999999999,0"}) {
        EXPECT_FALSE(parse_heart_beat(bad)) << bad;
    }
}

}  // namespace
}  // namespace loquat::net::stomp
