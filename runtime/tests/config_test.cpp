#include "runtime/config/config.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "base/failure.hpp"
#include "runtime/config/settings.hpp"

namespace loquat::runtime {
namespace {

struct LimitsConfig {
    bool enabled = true;
    std::int32_t per_minute = 100;
    static constexpr std::array fields{wire::Field{"per_minute", 1, 1000, "Requests a minute."}};
};
BOOST_DESCRIBE_STRUCT(LimitsConfig, (), (enabled, per_minute))

enum class Way { in, out };
BOOST_DESCRIBE_ENUM(Way, in, out)

struct WayConfig {
    std::string id;
    Way way = Way::in;
    std::int32_t wait_ms_max = 5;
    static constexpr std::array<std::string_view, 2> defaulted{"way", "wait_ms_max"};
    static constexpr std::array fields{
        wire::Field{"id", 1, 8, "Its name."},
        wire::Field{"wait_ms_max", 0, 1000, "How long it waits."},
    };
};
BOOST_DESCRIBE_STRUCT(WayConfig, (), (id, way, wait_ms_max))

struct DoorConfig {
    std::int32_t port = 8080;
    std::string address = "127.0.0.1";
    std::vector<std::string> origins;
    LimitsConfig limits;
    std::string api_key;
    std::vector<WayConfig> ways;
    static constexpr std::array<std::string_view, 2> live{"address", "ways"};
    static constexpr std::array fields{wire::Field{"ways", 0, 3, "Through it."}};
};
BOOST_DESCRIBE_STRUCT(DoorConfig, (), (port, address, origins, limits, api_key, ways))

void check_door(const Config& config, ConfigFindings& findings) {
    const auto door = config.get<DoorConfig>("door");
    for (std::size_t i = 0; i < door.ways.size(); ++i) {
        if (door.ways[i].id == door.address) {
            findings.add("door.ways[" + std::to_string(i) + "].id", "must not be the address");
        }
    }
    if (door.address == "nowhere") {
        findings.add("door.address", "must be somewhere");
    }
}

std::vector<ConfigSection> make_sections() {
    std::vector<ConfigSection> made{config_section<DoorConfig>("door", check_door)};
    made.front().renamed = {{"hall.origins", "origins"}, {"door.allowed", "origins"}};
    made.push_back(config_section<LimitsConfig>("hall"));
    return made;
}

const std::vector<ConfigSection> sections = make_sections();

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
              "--set: dor.port is not a known key; did you mean door.port?");
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

    const auto lines = config.lines();
    const auto key = std::ranges::find(lines, "door.api_key", &ConfigLine::path);
    EXPECT_EQ(key->value, "\"***\"");
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

TEST(Config, lists_are_written_with_commas_or_as_in_a_file) {
    const auto ways = [](const std::string& text) {
        return Config::load(sections, {.settings = {text}}).get<DoorConfig>("door");
    };

    EXPECT_EQ(ways("door.origins=[a, b]").origins, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(ways("door.origins=[\"a,b\",c]").origins, (std::vector<std::string>{"a,b", "c"}));
    EXPECT_EQ(ways("door.origins=[]").origins, (std::vector<std::string>{}));
    const auto door = ways("door.ways=[{id: a, way: out}, {id: b, wait_ms_max: 9}]");
    ASSERT_EQ(door.ways.size(), 2U);
    EXPECT_EQ(door.ways[0].way, Way::out);
    EXPECT_EQ(door.ways[1].wait_ms_max, 9);
    EXPECT_EQ(ways("door.limits={enabled: no}").limits.enabled, false);
}

TEST(Config, a_list_that_is_cut_off_is_refused) {
    EXPECT_EQ(problems_of({.settings = {"door.ways=[{id: a}"}}),
              "--set: door.ways must be a list of maps: [{...}, {...}], 0 to 3 items, not \"[{id: "
              "a}\"");
    EXPECT_NE(problems_of({.settings = {"door.ways=a,b"}}).find("door.ways[0] must be a map"),
              std::string::npos);
}

TEST(Config, items_of_lists_are_judged_field_by_field_each_at_its_line) {
    const std::string file = write_file("d.yaml",
                                        "door:\n  ways:\n    - id: first\n      way: up\n"
                                        "    - way: in\n      wiat_ms_max: 3\n"
                                        "    - id: much too long\n      wait_ms_max: 5s\n");

    EXPECT_EQ(problems_of({.file = file}),
              "d.yaml:4: door.ways[0].way must be one of in, out, not \"up\"\n"
              "d.yaml:6: door.ways[1].wiat_ms_max is not a known key; did you mean wait_ms_max?\n"
              "d.yaml:5: door.ways[1] needs id: a text, 1 to 8 characters\n"
              "d.yaml:7: door.ways[2].id must be 1 to 8 characters long, not 13\n"
              "d.yaml:8: door.ways[2].wait_ms_max must be a whole number, 0 to 1000 milliseconds, "
              "not \"5s\"");
}

TEST(Config, what_a_section_finds_is_said_beside_everything_else) {
    const std::string file = write_file("e.yaml",
                                        "door:\n  port: many\n  address: nowhere\n  ways:\n"
                                        "    - id: a\n    - id: nowhere\n");

    EXPECT_EQ(problems_of({.file = file, .settings = {"door.limits.per_minute=0"}}),
              "e.yaml:2: door.port must be a whole number, not \"many\"\n"
              "--set: door.limits.per_minute must be 1 to 1000, not 0\n"
              "e.yaml:6: door.ways[1].id must not be the address\n"
              "e.yaml:3: door.address must be somewhere");
}

TEST(Config, a_flag_is_named_where_its_value_is_wrong) {
    EXPECT_EQ(problems_of({.flags = {{"--port", "door.port=x"}}}),
              "--port: door.port must be a whole number, not \"x\"");
}

TEST(Config, a_variable_with_one_underscore_is_refused_with_its_right_name) {
    EXPECT_EQ(problems_of({.environment = {{"LOQUAT_DOOR_LIMITS_PER_MINUTE", "3"}}}),
              "LOQUAT_DOOR_LIMITS_PER_MINUTE: is no setting; parts are joined by two underscores: "
              "LOQUAT_DOOR__LIMITS__PER_MINUTE");
    const Config near = Config::load(sections, {.environment = {{"LOQUAT_DOOR_ADRESS", "x"}}});
    EXPECT_EQ(near.warnings(), (std::vector<std::string>{
                                   "LOQUAT_DOOR_ADRESS: is no setting and is not read; did you "
                                   "mean LOQUAT_DOOR__ADDRESS?"}));
}

TEST(Config, variables_of_others_are_left_alone) {
    const Config config =
        Config::load(sections, {.environment = {{"LOQUAT_DOOR_PORT", "tcp://10.0.0.1:80"},
                                                {"LOQUAT_DOOR_SERVICE_HOST", "10.0.0.1"},
                                                {"LOQUAT_DOOR_PORT_80_TCP", "tcp://10.0.0.1:80"},
                                                {"LOQUAT_BINARY", "/bin/loquat"}}});

    EXPECT_TRUE(config.warnings().empty());
}

TEST(Config, a_setting_elsewhere_or_without_its_section_is_suggested) {
    EXPECT_EQ(problems_of({.settings = {"per_minute=3"}}),
              "--set: per_minute is not a known key; did you mean door.limits.per_minute?");
    EXPECT_EQ(problems_of({.settings = {"door.per_minut=3"}}),
              "--set: door.per_minut is not a known key; did you mean limits.per_minute?");
    EXPECT_EQ(problems_of({.settings = {"door=3"}}),
              "--set: door is a section; name one of its keys, such as door.port");
    EXPECT_EQ(problems_of({.settings = {"door"}}),
              "--set: door is no setting; write it as section.key=value");
}

TEST(Config, what_is_written_in_another_form_is_told_the_right_one) {
    const std::string file = write_file("i.yaml", "door.port: 1\n");

    EXPECT_EQ(problems_of({.file = file}),
              "i.yaml:1: door.port is not a known key; in a file its parts stand below each other, "
              "as in chat: {members_max: 50}");
    EXPECT_EQ(problems_of({.settings = {"door.ways[0].id=x"}}),
              "--set: door.ways[0] is not a known key; a list is given whole: door.ways=[...]");
}

TEST(Config, an_older_name_is_understood_with_a_warning_and_joins_the_new_one) {
    const std::string file = write_file("f.yaml", "hall:\n  origins: [a]\ndoor:\n  origins: [b]\n");

    const Config config = Config::load(sections, {.file = file, .settings = {"door.allowed=c"}});

    EXPECT_EQ(config.warnings(),
              (std::vector<std::string>{
                  "f.yaml:2: hall.origins is now door.origins; the old name is still understood",
                  "--set: door.allowed is now door.origins; the old name is still understood"}));
    EXPECT_EQ(config.get<DoorConfig>("door").origins, (std::vector<std::string>{"b", "a", "c"}));
}

TEST(Config, a_key_that_comes_twice_in_a_file_is_refused) {
    const std::string file = write_file("g.yaml", "door:\n  port: 1\n  port: 2\n");

    EXPECT_EQ(problems_of({.file = file}), "g.yaml:3: door.port stands there twice");
}

TEST(Config, a_heading_with_nothing_below_it_changes_nothing) {
    const std::string file = write_file("h.yaml", "door:\n  limits:\n  ways:\nhall:\n");

    EXPECT_EQ(problems_of({.file = file}), "");
}

TEST(Settings, are_described_with_the_fields_of_their_lists) {
    const auto all = describe_settings(sections);
    const auto fields = settings_below(all, "door.ways[2]");

    ASSERT_EQ(fields.size(), 4U);
    EXPECT_EQ(fields[0].path, "door.ways");
    EXPECT_EQ(fields[1].path, "door.ways[].id");
    EXPECT_EQ(fields[1].kind, "a text, 1 to 8 characters");
    EXPECT_EQ(fields[1].fallback, "");
    EXPECT_EQ(fields[2].fallback, "\"in\"");
    EXPECT_EQ(fields[3].fallback, "5");
    EXPECT_EQ(all[0].variable, "LOQUAT_DOOR__PORT");
    EXPECT_EQ(settings_below(all, "door.ways.id").size(), 1U);
    EXPECT_TRUE(settings_below(all, "nosuch").empty());
}

ServedSetting served(const std::string& path, wire::Value value) {
    return {.path = path, .value = std::move(value), .origin = "door.yml:1 (main)"};
}

TEST(Config, what_the_server_gave_stands_between_the_file_and_the_environment) {
    const std::string file = write_file("s.yaml", "door: {port: 1, address: file}\n");
    const ConfigSources sources{
        .file = file,
        .served = {served("door.port", 2), served("door.address", "served"),
                   served("door.limits.enabled", false), served("door.ways[1].id", "b"),
                   served("door.ways[0].id", "a"), served("door.origins", "")},
        .environment = {{"LOQUAT_DOOR__ADDRESS", "variable"}}};

    const Config config = Config::load(sections, sources);

    const auto door = config.get<DoorConfig>("door");
    EXPECT_EQ(door.port, 2);
    EXPECT_EQ(door.address, "variable");
    EXPECT_FALSE(door.limits.enabled);
    ASSERT_EQ(door.ways.size(), 2U);
    EXPECT_EQ(door.ways[1].id, "b");
    EXPECT_EQ(config.lines()[0].origin, "door.yml:1 (main)");
}

TEST(Config, what_the_server_gave_is_judged_like_a_file) {
    EXPECT_EQ(problems_of({.served = {served("door.prot", 1)}}),
              "door.yml:1 (main): door.prot is not a known key; did you mean port?");
    EXPECT_EQ(problems_of({.served = {served("door.ways[0].wait_ms_max", 5'000)}}),
              "door.yml:1 (main): door.ways[0].wait_ms_max must be 0 to 1000, not 5000\n"
              "door.yml:1 (main): door.ways[0] needs id: a text, 1 to 8 characters");
    EXPECT_EQ(problems_of({.served = {served("invalid.door.api_key", "<n/a>")}}),
              "door.yml:1 (main): door.api_key could not be decrypted by the config server");
    for (const char* path :
         {"nothing.here", "door", "door..port", "door.ways[99999999].id", "door.ways[x].id",
          "door.ways[0", "", "[0]", "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a"}) {
        EXPECT_NE(problems_of({.served = {served(path, "x")}}), "") << path;
    }
}

TEST(Config, in_a_file_for_everybody_other_programs_have_settings_too) {
    ServedSetting other = served("server.port", 1);
    other.is_shared = true;
    ServedSetting misspelt = served("door.prot", 1);
    misspelt.is_shared = true;
    ServedSetting broken = served("invalid.server.key", "<n/a>");
    broken.is_shared = true;

    const Config config = Config::load(
        sections,
        {.served = {other, misspelt, broken, served("spring.config.activate.on-profile", "a")}});

    EXPECT_EQ(config.warnings(),
              (std::vector<std::string>{"door.yml:1 (main): door.prot is no setting of Loquat's"}));
}

TEST(Config, takes_while_running_only_what_is_live) {
    const Config before = Config::load(sections, {});
    const Config fresh =
        Config::load(sections, {.settings = {"door.port=5", "door.address=there",
                                             "door.ways=[{id: a}]", "hall.per_minute=3"}});

    const Config after = before.with_live(fresh);
    const ConfigChange change = before.change_to(after, fresh);

    EXPECT_EQ(after.get<DoorConfig>("door").port, 8080);
    EXPECT_EQ(after.get<DoorConfig>("door").address, "there");
    EXPECT_EQ(after.get<DoorConfig>("door").ways.size(), 1U);
    EXPECT_EQ(change.changed, (std::vector<std::string>{"door.address", "door.ways"}));
    EXPECT_EQ(change.waiting, (std::vector<std::string>{"door.port", "hall.per_minute"}));
    const auto lines = after.lines();
    EXPECT_EQ(lines[0].origin, "default");
    EXPECT_EQ(lines[1].origin, "--set");
    EXPECT_TRUE(lines[1].is_live);
    EXPECT_FALSE(lines[0].is_live);
}

TEST(Config, live_values_that_do_not_go_with_the_others_are_refused) {
    const Config before = Config::load(sections, {.settings = {"door.ways=[{id: old}]"}});
    const Config fresh = Config::load(sections, {.settings = {"door.address=nowhere2"}});
    EXPECT_NO_THROW(before.with_live(fresh));

    Config strange = Config::load({config_section<DoorConfig>("door"), sections[1]},
                                  {.settings = {"door.address=nowhere"}});
    EXPECT_THROW(before.with_live(strange), Failure);
}

}  // namespace
}  // namespace loquat::runtime
