#include <gtest/gtest.h>

#include <fstream>

#include "base/failure.hpp"
#include "runtime/config/config.hpp"

namespace loquat::runtime {
namespace {

struct LimitsConfig {
    std::int32_t per_minute = 10;

    static constexpr std::array fields{wire::Field{"per_minute", 0, 100, "Of one caller."}};
};
BOOST_DESCRIBE_STRUCT(LimitsConfig, (), (per_minute))

struct GateKey {
    std::string path;
    std::string value;
    std::string origin;

    static constexpr std::array fields{
        wire::Field{"path", 1, 64, "Its path."},
        wire::Field{"value", 0, 64, "Its text."},
        wire::Field{"origin", 0, 64, "Who gave it."},
    };
};
BOOST_DESCRIBE_STRUCT(GateKey, (), (path, value, origin))

// A door that understands settings of another program.
struct GateConfig {
    std::string file;
    std::vector<GateKey> keys;

    static constexpr std::array<std::string_view, 1> live{"keys"};
    static constexpr std::array fields{
        wire::Field{.name = "file", .doc = "With others' settings."},
        wire::Field{"keys", 0, 10, "Those that came one by one."},
    };
};
BOOST_DESCRIBE_STRUCT(GateConfig, (), (file, keys))

std::vector<ConfigSection> gate_sections() {
    ConfigSection gate = config_section<GateConfig>("gate");
    gate.foreign = {.prefix = "other.gate", .list = "keys", .file = "file"};
    return {gate, config_section<LimitsConfig>("hall")};
}

ServedSetting served(const std::string& path, wire::Value value) {
    return {.path = path, .value = std::move(value), .origin = "door.yml:1 (main)"};
}

std::string problems_of(const ConfigSources& sources) {
    try {
        Config::load(gate_sections(), sources);
        return "";
    } catch (const Failure& failure) {
        return failure.message;
    }
}

std::string shown(const Config& config) {
    std::string all;
    for (const ConfigLine& line : config.lines()) {
        if (line.origin != "default") {
            all += line.path + "=" + line.value + " " + line.origin + "\n";
        }
    }
    return all;
}

TEST(ForeignSettings, settings_of_another_program_are_those_of_a_section_that_understands_them) {
    ServedSetting shared = served("other.gate.open", true);
    shared.is_shared = true;
    ServedSetting theirs = served("other.name", "x");
    theirs.is_shared = true;
    ServedSetting broken = served("invalid.other.gate.key", "<n/a>");
    broken.is_shared = true;
    const std::string file = testing::TempDir() + "own.yaml";
    std::ofstream{file} << "other: {gate: {open: false}}\nhall: {}\n";

    const Config config = Config::load(
        gate_sections(), {.file = file,
                          .served = {shared, theirs, served("other.gate.ways[0].id", "a")},
                          .settings = {"other.gate.wide=2"}});

    const auto gate = config.get<GateConfig>("gate");
    EXPECT_EQ(gate.file, file);
    ASSERT_EQ(gate.keys.size(), 3U);
    EXPECT_EQ(gate.keys[0].path, "other.gate.open");
    EXPECT_EQ(gate.keys[0].value, "true");
    EXPECT_EQ(shown(config), "gate.file=\"" + file + "\" own.yaml:1\n" +
                                 "other.gate.open=\"true\" door.yml:1 (main)\n"
                                 "other.gate.ways[0].id=\"a\" door.yml:1 (main)\n"
                                 "other.gate.wide=\"2\" --set\n");
    EXPECT_EQ(problems_of({.served = {broken}}),
              "door.yml:1 (main): other.gate.key could not be decrypted by the config server");
    EXPECT_EQ(problems_of({.settings = {"other.gate.ways[0].id=b"}}),
              "--set: other.gate.ways[0].id: a list is given whole, by a file");
    EXPECT_NE(problems_of({.settings = {"other.gates=b"}}), "");
    EXPECT_NE(problems_of({.served = {served("other.gate.way", std::string(100, 'x'))}}), "")
        << "its items have limits";
}

TEST(ForeignSettings,
     a_file_of_another_program_that_the_command_names_is_stronger_than_the_server) {
    const Config config = Config::load(
        gate_sections(),
        {.served = {served("other.gate.open", true)}, .settings = {"gate.file=mine.yml"}});

    EXPECT_TRUE(config.get<GateConfig>("gate").keys.empty());
    EXPECT_EQ(shown(config), "gate.file=\"mine.yml\" --set\n");
}

TEST(ForeignSettings, of_settings_of_another_program_each_that_has_changed_is_named) {
    const auto with = [](std::vector<ServedSetting> all) {
        return Config::load(gate_sections(), {.served = std::move(all)});
    };
    const Config before =
        with({served("other.gate.a", 1), served("other.gate.b", 1), served("other.gate.c", 1)});
    const Config fresh = with({served("other.gate.a", 1), served("other.gate.b", 2),
                               served("other.gate.d", 1), served("hall.per_minute", 3)});

    const Config after = before.with_live(fresh);
    const ConfigChange change = before.change_to(after, fresh);

    EXPECT_EQ(after.get<GateConfig>("gate").keys.size(), 3U);
    EXPECT_EQ(change.changed,
              (std::vector<std::string>{"other.gate.b", "other.gate.c", "other.gate.d"}));
    EXPECT_EQ(change.waiting, (std::vector<std::string>{"hall.per_minute"}));
}

TEST(ForeignSettings, a_setting_of_another_program_that_sounds_secret_is_not_shown) {
    const Config config = Config::load(
        gate_sections(), {.served = {served("other.gate.a", "AddHeader=X-Api-Key, 42")}});

    EXPECT_EQ(shown(config), "other.gate.a=\"***\" door.yml:1 (main)\n");
}

}  // namespace
}  // namespace loquat::runtime
