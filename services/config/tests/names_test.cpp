#include "services/config/domain/names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace loquat::config {
namespace {

using testing::ElementsAre;

TEST(Names, take_what_people_call_things) {
    for (const std::string_view name : {"dev", "eu-west-1", "v1.2", "a_b", "team@home", "c++1"}) {
        EXPECT_TRUE(is_profile(name)) << name;
    }
    EXPECT_TRUE(is_application("chat,mail"));
    EXPECT_TRUE(is_label("feature/new-rooms"));
    EXPECT_TRUE(is_inner_path("conf/nginx-dev.conf"));
}

TEST(Names, refuse_every_spelling_of_a_way_out) {
    for (const std::string_view name :
         {"",       ".",          "..",       "../x",     "a/../b", "a..b",   "..%2f",
          "%2e%2e", "%252e%252e", "a\\..\\b", "(_)..(_)", "/etc",   "~root",  "a#b",
          "a\nb",   ".git",       "-dev",     "dev-",     "a b",    "dev\xff"}) {
        EXPECT_FALSE(is_profile(name)) << name;
        EXPECT_FALSE(is_label(with_slashes(name))) << name;
        EXPECT_FALSE(is_application(with_slashes(name))) << name;
    }
    for (const std::string_view path :
         {"", "/etc/passwd", "../x", "a/../b", "a//b", "a/./b", "a/", "..%2f..", "%2e%2e/x", "a\\b",
          "C:/x", "a/.git/config", "x\x7f", "~/x", "a#b", "a/b..", "x\xff"}) {
        EXPECT_FALSE(is_inner_path(path)) << path;
    }
    EXPECT_FALSE(is_profile(std::string(256, 'a')));
}

TEST(Names, read_profiles_in_their_order_each_once) {
    EXPECT_THAT(*read_profiles("dev, eu,dev"), ElementsAre("dev", "eu"));
    EXPECT_FALSE(read_profiles("dev,../x"));
    EXPECT_FALSE(read_profiles(""));
    std::string many = "a";
    for (int i = 0; i < 40; ++i) {
        many += ",p" + std::to_string(i);
    }
    EXPECT_FALSE(read_profiles(many));
}

TEST(Names, divide_a_file_at_its_last_dash) {
    const auto file = read_file_request("team-chat-dev.yml");

    ASSERT_TRUE(file);
    EXPECT_EQ(file->application, "team-chat");
    EXPECT_EQ(file->profiles, "dev");
    EXPECT_EQ(file->extension, "yml");
    for (const std::string_view name :
         {"chat.yml", "chat-dev", "chat-dev.txt", "-dev.yml", "a-.yml"}) {
        EXPECT_FALSE(read_file_request(name)) << name;
    }
}

}  // namespace
}  // namespace loquat::config
