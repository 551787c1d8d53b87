#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "contracts/auth/auth.hpp"
#include "contracts/chat/chat.hpp"
#include "contracts/core/openapi.hpp"
#include "contracts/presence/presence.hpp"
#include "contracts/registry.hpp"
#include "runtime/calls/calls_picture.hpp"
#include "services/registry.hpp"
#include "wire/codec.hpp"

// Rolling upgrades and stored texts: what an older version wrote is read, and what it wrote is
// still written.
namespace loquat::test {
namespace {

const std::filesystem::path source{LOQUAT_SOURCE_DIR};

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in{path};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

// Every member of `old` is in `now` with the same value; `now` may have more.
void expect_contains(const wire::Value& now, const wire::Value& old, const std::string& where) {
    if (old.if_object() == nullptr) {
        EXPECT_EQ(wire::to_json(now), wire::to_json(old)) << where;
        return;
    }
    for (const auto& [name, value] : *old.if_object()) {
        const wire::Value* member = now.find(name);
        ASSERT_NE(member, nullptr) << where << "." << name;
        expect_contains(*member, value, where + "." + name);
    }
}

template <class T>
void check(const std::filesystem::path& version, const std::string& name) {
    const std::string old = read_file(version / (name + ".json"));
    ASSERT_FALSE(old.empty()) << name;

    const T value = wire::from_json<T>(old);

    expect_contains(wire::parse(wire::encode(value)), wire::parse(old), name);
}

TEST(Golden, what_older_versions_wrote_is_read_and_still_written) {
    for (const auto& entry : std::filesystem::directory_iterator{source / "tests/golden"}) {
        if (!entry.is_directory()) {
            continue;
        }
        check<contracts::Message>(entry.path(), "Message");
        check<contracts::Chat>(entry.path(), "Chat");
        check<contracts::Session>(entry.path(), "Session");
        check<contracts::MessagePage>(entry.path(), "MessagePage");
        check<contracts::PresenceList>(entry.path(), "PresenceList");
        check<contracts::Revocation>(entry.path(), "Revocation");
    }
}

TEST(Golden, the_web_apps_types_are_those_of_the_contracts) {
    const std::vector<contracts::Operation> all = contracts::all_operations();

    EXPECT_EQ(contracts::typescript_document(all, contracts::live_feeds()),
              read_file(source / "web/src/api/contracts.gen.ts"))
        << "run: build/release/bin/loquat contracts typescript > web/src/api/contracts.gen.ts";
}

TEST(Golden, the_page_of_calls_is_that_of_the_modules_and_shows_no_circle) {
    const auto modules = services::all_modules();

    EXPECT_EQ(runtime::calls_page(modules), read_file(source / "docs/calls.md"))
        << "run: ./dev gen dev";
    EXPECT_EQ(runtime::find_circle(modules), std::vector<std::string>{});
}

}  // namespace
}  // namespace loquat::test
