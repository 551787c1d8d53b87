#include "services/config/domain/environment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/failure.hpp"
#include "services/config/domain/profile_rule.hpp"
#include "services/config/domain/properties.hpp"

namespace loquat::config {
namespace {

using testing::ElementsAre;

const std::vector<std::string> chat{"chat"};
const std::vector<std::string> dev_eu{"dev", "eu"};

ConfigFile file(const std::string& stem, std::string_view text) {
    return {.stem = stem, .name = stem + ".properties", .documents = read_properties(text)};
}

std::vector<std::string> names(const std::vector<PropertySource>& sources) {
    std::vector<std::string> all;
    for (const PropertySource& source : sources) {
        all.push_back(source.name);
    }
    return all;
}

std::string text(const std::vector<Entry>& entries) {
    std::string out;
    for (const Entry& entry : entries) {
        out += entry.key + "=" + wire::to_json(entry.value) + " ";
    }
    return out;
}

TEST(Environment, orders_its_sources_as_spring_does) {
    EXPECT_THAT(stems_of(chat, dev_eu), ElementsAre("chat-eu", "chat-dev", "application-eu",
                                                    "application-dev", "chat", "application"));
    EXPECT_THAT(
        stems_of(std::vector<std::string>{"application", "a", "b"}, std::vector<std::string>{"x"}),
        ElementsAre("b-x", "a-x", "application-x", "b", "a", "application"));
}

TEST(Environment, has_only_the_sources_that_are_there) {
    const std::vector<ConfigFile> files{file("application", "a=1"), file("chat-dev", "a=3"),
                                        file("chat", "a=2"), file("mail", "a=4"),
                                        file("application-dev", "")};

    const auto sources = order_sources(files, chat, dev_eu, {{.key = "o", .value = 1}});

    EXPECT_THAT(names(sources), ElementsAre("overrides", "chat-dev.properties", "chat.properties",
                                            "application.properties"));
}

TEST(Environment, takes_documents_that_hold_for_its_profiles_the_later_first) {
    const std::vector<ConfigFile> files{
        file("chat",
             "a=1\n#---\nspring.config.activate.on-profile=eu & dev\na=2\n#---\n"
             "spring.config.activate.on-profile=prod\na=3\n")};

    EXPECT_EQ(text(merge(order_sources(files, chat, dev_eu, {}))),
              R"(spring.config.activate.on-profile="eu & dev" a="2" )");
    EXPECT_EQ(text(merge(order_sources(files, chat, std::vector<std::string>{"eu"}, {}))),
              R"(a="1" )");
}

TEST(Environment, takes_a_list_whole_from_the_strongest) {
    const std::vector<ConfigFile> files{file("chat", "l[0]=a\nx.y=1\n"),
                                        file("application", "l[0]=b\nl[1]=c\nx.z=2\nm[0]=d\n")};

    EXPECT_EQ(text(merge(order_sources(files, chat, {}, {}))),
              R"(l[0]="a" x.y="1" x.z="2" m[0]="d" )");
}

TEST(Profiles, are_judged_by_rules) {
    const std::vector<std::string> profiles{"dev", "eu"};
    for (const std::string_view rule :
         {"dev", "prod,dev", "!prod", "dev & eu", "prod | eu", "!(prod | us)", " dev&(us|eu) "}) {
        EXPECT_TRUE(holds(rule, profiles)) << rule;
    }
    for (const std::string_view rule : {"prod", "!dev", "dev & us", "!(dev | us)", "!!prod"}) {
        EXPECT_FALSE(holds(rule, profiles)) << rule;
    }
    for (const std::string_view rule :
         {"", "dev &", "(dev", "dev)", "dev & eu | us", "& dev", "dev eu", "!"}) {
        EXPECT_THROW(holds(rule, profiles), Failure) << rule;
    }
    EXPECT_THROW(holds(std::string(1000, '('), profiles), Failure);
}

TEST(Placeholders, are_put_in_out_of_the_entries) {
    const std::vector<Entry> entries{{.key = "host", .value = "h"},
                                     {.key = "port", .value = 80},
                                     {.key = "url", .value = "http://${host}:${port}/"},
                                     {.key = "name", .value = "host"}};

    EXPECT_EQ(Placeholders{entries}.resolve("at ${url}x"), "at http://h:80/x");
    EXPECT_EQ(Placeholders{entries}.resolve("${none:${host}} ${none:} ${none} ${${name}}"),
              "h  ${none} h");
    EXPECT_EQ(Placeholders{entries}.resolve("$ {host} ${host $}"), "$ {host} ${host $}");
    EXPECT_EQ(Placeholders{entries}.resolve("${open"), "${open");
}

TEST(Placeholders, that_never_end_are_refused) {
    const std::vector<Entry> circle{{.key = "a", .value = "${b}"}, {.key = "b", .value = "${a}"}};
    EXPECT_THROW(Placeholders{circle}.resolve("${a}"), Failure);

    std::vector<Entry> laughs{{.key = "a0", .value = std::string(1000, 'x')}};
    for (int i = 1; i < 12; ++i) {
        const std::string before = "${a" + std::to_string(i - 1) + "}";
        std::string ten;
        for (int j = 0; j < 10; ++j) {
            ten += before;
        }
        laughs.push_back({.key = "a" + std::to_string(i), .value = ten});
    }
    EXPECT_THROW(Placeholders{laughs}.resolve("${a11}"), Failure);
}

}  // namespace
}  // namespace loquat::config
