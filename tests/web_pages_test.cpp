#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "services/gateway/own/web_files.hpp"

// The gateway keeps the paths of the web app's pages free of configured routes; the web app says
// which those are.
namespace loquat::test {
namespace {

// The routes of app.tsx, as the gateway writes patterns: /c/{chatId}.
std::set<std::string> pages_of_the_web_app() {
    std::ifstream file{std::string{LOQUAT_SOURCE_DIR} + "/web/src/app/app.tsx"};
    std::stringstream text;
    text << file.rdbuf();
    const std::string source = text.str();
    const std::regex route{R"re(<Route\s[^>]*?path="([^"]*)")re"};
    const std::regex parameter{":[A-Za-z]+"};
    std::set<std::string> pages;
    for (auto at = std::sregex_iterator{source.begin(), source.end(), route};
         at != std::sregex_iterator{}; ++at) {
        pages.insert(std::regex_replace((*at)[1].str(), parameter, "{}"));
    }
    return pages;
}

TEST(WebPages, of_the_gateway_are_those_of_the_web_app) {
    std::set<std::string> expected = pages_of_the_web_app();
    ASSERT_GT(expected.size(), 5U);
    EXPECT_EQ(expected.erase("*"), 1U) << "what is no page";
    expected.insert("/index.html");

    std::set<std::string> found;
    for (const std::string_view page : gateway::web_pages) {
        found.insert(std::regex_replace(std::string{page}, std::regex{"\\{[^}]*\\}"}, "{}"));
    }

    EXPECT_EQ(found, expected);
}

}  // namespace
}  // namespace loquat::test
