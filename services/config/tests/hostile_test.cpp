#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/failure.hpp"
#include "services/config/adapters/file_reader.hpp"
#include "services/config/domain/environment.hpp"
#include "services/config/domain/search.hpp"
#include "services/config/front/writers.hpp"

// Files that were written to hurt: each is refused with its line, or costs what its size says.
namespace loquat::config {
namespace {

using testing::ElementsAre;

std::string times(std::string_view text, std::size_t count) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) {
        all += text;
    }
    return all;
}

TEST(HostileFiles, of_yaml_are_refused) {
    std::string laughs = "a0: &a0 [x]\n";
    std::string silent = "a0: &a0 {}\n";
    for (int i = 1; i < 12; ++i) {
        const std::string one = "*a" + std::to_string(i - 1);
        const std::string ten = "[" + one + times(", " + one, 9) + "]\n";
        const std::string head = "a" + std::to_string(i) + ": &a" + std::to_string(i) + " ";
        laughs += head + ten;
        silent += head + ten;
    }
    const FileReader reader;
    for (const std::string& file :
         {laughs, silent, "a: " + times("[", 100'000), "a: " + times("{b: ", 5'000),
          times("- ", 50'000), times("a:\n ", 1), std::string{"a: &x [*x]"},
          std::string{"a: *nobody"}, std::string{"a: 1\na: 2\n"}, std::string{"? [1, 2]\n: x\n"},
          std::string{"a: \"\\x"}, std::string(2 * 1024 * 1024, ' ')}) {
        if (file == "a:\n ") {
            EXPECT_NO_THROW(reader.read("a.yml", file));
            continue;
        }
        EXPECT_THROW(reader.read("a.yml", file), Failure) << file.substr(0, 60);
    }
}

TEST(HostileFiles, with_what_belongs_to_nothing_do_not_hang_the_reader) {
    const FileReader reader;
    for (const char* file :
         {",", "]", "}", "a: 1\n]", "x: {a: 1}}", ",..true", "---\n]\n---\na: 1\n"}) {
        EXPECT_THROW(reader.read("a.yml", file), Failure) << file;
    }
    EXPECT_THROW(reader.read("a.yml", times("---\na: 1\n", 200)), Failure);
    const auto read = reader.read(
        "a.yml", "# first\n%YAML 1.2\n---\na: 1\n...\n--- {b: 2}\n---\n# no\n---\nc: 3");
    ASSERT_EQ(read.size(), 3U);
    EXPECT_EQ(read[0].entries.at(0).line, 4U);
    EXPECT_EQ(read[1].entries.at(0).key, "b");
    EXPECT_EQ(read[2].entries.at(0).line, 10U);
}

TEST(HostileFiles, of_properties_are_refused_or_read) {
    const FileReader reader;
    EXPECT_THROW(reader.read("a.properties", "a=\xff"), Failure);
    EXPECT_THROW(reader.read("a.properties", "a=\\u12"), Failure);
    std::string many;
    for (int i = 0; i < 10'001; ++i) {
        many += "k" + std::to_string(i) + "=v\n";
    }
    EXPECT_THROW(reader.read("a.properties", many), Failure);
    EXPECT_EQ(reader.read("a.properties", times("a=1\n", 100'000)).at(0).entries.size(), 1U);
}

TEST(HostileFiles, make_trees_that_have_an_end) {
    const std::vector<Entry> deep{{.key = times("a.", 50'000) + "b", .value = 1}};
    EXPECT_LT(to_yaml(to_tree(deep)).size(), 200'000U);

    std::vector<Entry> holes;
    for (int i = 0; i < 1'000; ++i) {
        holes.push_back({.key = "l" + std::to_string(i) + "[9999]", .value = 1});
    }
    EXPECT_LT(wire::to_json(to_tree(holes)).size(), 200'000U);
}

TEST(HostileFiles, of_search_paths_stay_below) {
    for (const char* path :
         {"..", "../x", "/etc", "a/../b", "{application}/..", "{other}", "a\\b", "", "*/.."}) {
        EXPECT_FALSE(is_search_path(path)) << path;
    }
    for (const char* path :
         {"a", "a/b/", "{application}", "teams/{application}/{profile}", "teams-*", "*"}) {
        EXPECT_TRUE(is_search_path(path)) << path;
    }
    Files files;
    files["teams/red/a.yml"] = {};
    files["teams/blue/deep/a.yml"] = {};
    const std::vector<std::string> paths{"teams/*", "{application}/{profile}", "{label}"};
    EXPECT_THAT(folders_of(paths, {{"chat"}, {"dev", "eu"}, ""}, files),
                ElementsAre("", "teams/blue/", "teams/red/", "chat/dev/", "chat/eu/"));
    EXPECT_LE(folders_of(std::vector<std::string>(1'000, "{application}"),
                         {std::vector<std::string>(50, "a"), {"d"}, ""}, files)
                  .size(),
              64U);
}

}  // namespace
}  // namespace loquat::config
