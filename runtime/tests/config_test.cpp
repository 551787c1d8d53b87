#include "runtime/config/config.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

namespace loquat::runtime {
namespace {

struct LimitsConfig {
    bool enabled = true;
    std::int32_t per_minute = 100;
    static constexpr std::array fields{wire::Field{"per_minute", 1, 1000, "Requests a minute."}};
};
BOOST_DESCRIBE_STRUCT(LimitsConfig, (), (enabled, per_minute))

struct DoorConfig {
    std::int32_t port = 8080;
    std::string address = "127.0.0.1";
    std::vector<std::string> origins;
    LimitsConfig limits;
    std::string api_key;
};
BOOST_DESCRIBE_STRUCT(DoorConfig, (), (port, address, origins, limits, api_key))

const std::vector<ConfigSection> sections{config_section<DoorConfig>("door")};

std::string problems_of(const ConfigSources& sources) {
    try {
        Config::load(sections, sources);
        return "";
    } catch (const Failure& failure) {
        return failure.message;
    }
}

std::string write_file(const std::string& name, const std::string& text) {
    const std::string path = testing::TempDir() + name;
    std::ofstream{path} << text;
    return path;
}

TEST(Config, later_sources_win_and_each_value_knows_its_origin) {
    const std::string file =
        write_file("a.yaml", "door:\n  port: 1\n  address: file\n  limits:\n    per_minute: 7\n");
    const ConfigSources sources{
        .file = file,
        .environment = {{"LOQUAT_DOOR__PORT", "2"}, {"LOQUAT_DOOR__LIMITS__ENABLED", "false"}},
        .settings = {"door.port=3", "door.origins=a,b"}};

    const Config config = Config::load(sections, sources);
    const auto door = config.get<DoorConfig>("door");

    EXPECT_EQ(door.port, 3);
    EXPECT_EQ(door.address, "file");
    EXPECT_EQ(door.limits.per_minute, 7);
    EXPECT_FALSE(door.limits.enabled);
    EXPECT_EQ(door.origins, (std::vector<std::string>{"a", "b"}));
    const auto lines = config.lines();
    EXPECT_EQ(lines[0].origin, "--set");
    EXPECT_EQ(lines[1].origin, "a.yaml:3");
    EXPECT_EQ(lines[3].origin, "LOQUAT_DOOR__LIMITS__ENABLED");
}

TEST(Config, an_unknown_key_is_an_error_with_a_suggestion) {
    EXPECT_EQ(problems_of({.settings = {"door.prot=1"}}),
              "--set: door.prot is not a known key; did you mean port?");
    EXPECT_EQ(problems_of({.settings = {"dor.port=1"}}),
              "--set: dor is not a known key; did you mean door?");
    EXPECT_NE(problems_of({.environment = {{"LOQUAT_DOOR__LIMITS__ENABELD", "1"}}})
                  .find("did you mean enabled?"),
              std::string::npos);
}

TEST(Config, every_problem_is_named_at_once_with_its_place) {
    const std::string file =
        write_file("b.yaml", "door:\n  port: many\n  limits:\n    per_minute: 0\n    enabled: 3\n");

    const std::string problems = problems_of({.file = file});

    EXPECT_NE(problems.find("b.yaml:2: door.port must be a whole number"), std::string::npos)
        << problems;
    EXPECT_NE(problems.find("b.yaml:4: door.limits.per_minute must be 1 to 1000, not 0"),
              std::string::npos)
        << problems;
    EXPECT_NE(problems.find("b.yaml:5: door.limits.enabled must be true or false"),
              std::string::npos)
        << problems;
}

TEST(Config, a_file_that_is_no_yaml_is_refused_with_its_line) {
    const std::string file = write_file("c.yaml", "door:\n  port: [1\n");

    EXPECT_NE(problems_of({.file = file}).find("c.yaml:"), std::string::npos);
    EXPECT_NE(problems_of({.file = "/nowhere/x.yaml"}).find("cannot be opened"), std::string::npos);
}

TEST(Config, secrets_are_not_shown) {
    const Config config = Config::load(sections, {.settings = {"door.api_key=abc"}});

    EXPECT_EQ(config.lines().back().value, "\"***\"");
}

TEST(Config, credentials_inside_addresses_are_not_shown) {
    const Config config =
        Config::load(sections, {.settings = {"door.address=https://u:hush@host/v1?api_key=hush&n=1",
                                             "door.origins=http://a:hush@h,https://h?token=hush"}});

    std::string all;
    for (const auto& line : config.lines()) {
        all += line.value + "\n";
    }
    EXPECT_EQ(all.find("hush"), std::string::npos) << all;
    EXPECT_NE(all.find("https://***@host/v1?api_key=***&n=1"), std::string::npos) << all;
}

TEST(Config, numbers_for_text_fields_stay_text) {
    const Config config = Config::load(sections, {.settings = {"door.address=12345"}});

    EXPECT_EQ(config.get<DoorConfig>("door").address, "12345");
}

}  // namespace
}  // namespace loquat::runtime
