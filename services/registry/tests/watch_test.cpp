#include <gmock/gmock.h>

#include "services/registry/tests/harness.hpp"

namespace loquat::registry {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;

struct Watch : RegistryTest {
    std::unique_ptr<net::http::BodySource> watch(std::string_view since = {}) {
        return made->watch(since.empty() ? std::nullopt : read_place(since), {});
    }
    std::string place() const {
        return made->watchers().epoch() + "-" + std::to_string(made->book().version());
    }
};

TEST_F(Watch, tells_everything_and_then_what_changes) {
    make();
    add("chat", "a");
    add("mail", "b", R"(,"metadata":{"zone":"z1","weight":"50","contracts":"x/1, y/2"})");
    const auto stream = watch();

    const std::string all = read(*stream, 3);
    add("chat", "c");
    const std::string change = read(*stream, 1);

    EXPECT_THAT(all, StartsWith("event: reset\n"));
    EXPECT_THAT(all, HasSubstr(R"("instances":2)"));
    EXPECT_THAT(all, HasSubstr(R"("application":"CHAT","id":"a","host":"h","port":8080)"));
    EXPECT_THAT(all, HasSubstr(R"("url":"http://h:8080")"));
    EXPECT_THAT(all, HasSubstr(R"("zone":"z1","weight":50)"));
    EXPECT_THAT(all, HasSubstr(R"("contracts":["x/1","y/2"])"));
    EXPECT_THAT(all, HasSubstr("event: current\n"));
    EXPECT_THAT(change, HasSubstr("event: change\n"));
    EXPECT_THAT(change, HasSubstr("id: " + place()));
    EXPECT_THAT(change, HasSubstr(R"("action":"added")"));
}

TEST_F(Watch, goes_on_from_a_version_and_from_an_id) {
    make();
    add("chat", "a");
    const std::string seen = place();
    add("chat", "b");

    for (const std::string& since : {seen, seen.substr(seen.find('-') + 1)}) {
        const auto stream = watch(since);
        const std::string told = read(*stream, 2);
        EXPECT_THAT(told, StartsWith("event: change\n"));
        EXPECT_THAT(told, HasSubstr(R"("id":"b")"));
        EXPECT_THAT(told, Not(HasSubstr(R"("id":"a")")));
        EXPECT_THAT(told, HasSubstr("event: current\n"));
    }
}

TEST_F(Watch, tells_everything_to_who_comes_from_another_life_or_too_late) {
    make();
    add("chat", "a");

    for (const std::string since : {"otherEpoch-1", "99", "0"}) {
        const auto stream = watch(since);
        EXPECT_THAT(read(*stream, 3), HasSubstr("event: reset\n")) << since;
    }
    clock.advance(1h);
    ask("PUT", {"apps", "chat", "a"});
    on_loop([this] { made->sweep(); });
    add("chat", "b");
    on_loop([this] { made->sweep(); });
    clock.advance(1h);
    on_loop([this] { made->sweep(); });
    const auto late = watch(made->watchers().epoch() + "-1");
    EXPECT_THAT(read(*late, 1), HasSubstr("event: reset\n"));
}

TEST_F(Watch, tells_thousands_in_parts_and_what_came_meanwhile_after_them) {
    make();
    for (int i = 0; i < 1'000; ++i) {
        add("app" + std::to_string(i % 7), "i" + std::to_string(i));
    }
    const auto stream = watch();

    std::string all = read(*stream, 3);
    add("app0", "late");
    ask("DELETE", {"apps", "app6", "i6"});
    all += read(*stream, 10);

    std::size_t parts = 0;
    for (auto at = all.find("event: instances"); at != std::string::npos;
         at = all.find("event: instances", at + 1)) {
        ++parts;
    }
    EXPECT_GE(parts, 10u);
    EXPECT_THAT(all, HasSubstr(R"("action":"added","instance":{"application":"APP0","id":"late")"));
    EXPECT_THAT(all, HasSubstr(R"("action":"removed","instance":{"application":"APP6","id":"i6")"));
    EXPECT_THAT(all, HasSubstr("it signed off"));
    EXPECT_LT(all.find("event: current"), all.find(R"("action":"added")"));
}

TEST_F(Watch, says_that_it_lives_while_nothing_happens) {
    config.watch_beat_ms = 100ms;
    make();
    const auto stream = watch();

    const std::string told = read(*stream, 3);

    EXPECT_TRUE(told.ends_with(":\n\n") || told.ends_with(": \n\n")) << told;
}

TEST_F(Watch, removes_the_instance_whose_connection_broke) {
    make();
    add("chat", "a");
    auto held = made->watch(std::nullopt, {{"CHAT", "a"}});
    const auto other = watch(place());
    read(*other, 1);

    on_loop([&held] { held->on_client_gone(); });
    held.reset();
    clock.advance(999ms);
    on_loop([this] { made->sweep(); });
    EXPECT_EQ(made->book().size(), 1u);
    clock.advance(1ms);
    on_loop([this] { made->sweep(); });

    EXPECT_THAT(read(*other, 1), HasSubstr("its connection broke"));
    EXPECT_EQ(made->book().size(), 0u);
}

TEST_F(Watch, refuses_to_live_for_who_is_not_there) {
    make();
    std::string code;

    try {
        made->watch(std::nullopt, {{"CHAT", "a"}});
    } catch (const Failure& failure) {
        code = failure.code;
    }

    EXPECT_EQ(code, "registry.unknown_instance");
}

TEST_F(Watch, refuses_more_watchers_than_it_may_have) {
    config.watchers_max = 1;
    make();
    const auto first = watch();
    std::string code;

    try {
        watch();
    } catch (const Failure& failure) {
        code = failure.code;
    }

    EXPECT_EQ(code, "registry.too_many_watchers");
}

TEST(Place, is_an_id_or_a_version) {
    EXPECT_EQ(read_place("abc-12")->epoch, "abc");
    EXPECT_EQ(read_place("abc-12")->version, 12u);
    EXPECT_EQ(read_place("7")->version, 7u);
    for (const char* wrong : {"", "-", "abc", "abc-", "1 ", "-1-2", "99999999999999999999"}) {
        EXPECT_FALSE(read_place(wrong)) << wrong;
    }
}

}  // namespace
}  // namespace loquat::registry
