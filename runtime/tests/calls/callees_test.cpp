#include "runtime/calls/callees.hpp"

#include <gtest/gtest.h>

#include "base/failure.hpp"
#include "runtime/calls/calls_picture.hpp"

namespace loquat::runtime {
namespace {

using Modules = std::vector<const Module*>;

const Module door{.name = "door", .start = Start::last, .calls = {}};
const Module edge{.name = "edge", .calls = {{"talk"}, {"people"}}};
const Module talk{.name = "talk", .calls = {{"people"}, {"robot", Need::optional}}};
const Module people{.name = "people"};
const Module robot{.name = "robot", .calls = {}};
const Module ping{.name = "ping", .calls = {{"pong"}}};
const Module pong{.name = "pong", .calls = {{"ping"}}};

std::string names_of(const Modules& modules) {
    std::string names;
    for (const Module* module : modules) {
        names += (names.empty() ? "" : " ") + std::string{module->name};
    }
    return names;
}

TEST(OrderOfStart, is_callees_first_and_doors_last_however_modules_are_given) {
    EXPECT_EQ(names_of(in_order_of_start({&door, &edge, &robot, &talk, &people})),
              "robot people talk edge door");
    EXPECT_EQ(names_of(in_order_of_start({&people, &talk, &robot, &edge, &door})),
              "people talk robot edge door");
}

TEST(OrderOfStart, is_as_given_in_a_circle) {
    EXPECT_EQ(names_of(in_order_of_start({&door, &pong, &ping, &people})), "people pong ping door");
}

TEST(CallsPage, draws_needs_and_wishes_and_names_a_circle) {
    const std::string page = calls_page({&talk, &people, &pong, &ping});

    EXPECT_TRUE(page.contains("    talk --> people\n    talk -.-> robot\n")) << page;
    EXPECT_TRUE(page.ends_with("\nA circle: pong -> ping -> pong\n")) << page;
    EXPECT_FALSE(calls_page({&talk, &people, &edge}).contains("A circle"));
}

TEST(Callees, that_are_missing_are_listed_with_those_who_need_them) {
    std::string code;
    std::string said;
    try {
        check_callees({&edge, &talk}, {});
    } catch (const Failure& failure) {
        code = failure.code;
        said = failure.message;
    }

    EXPECT_EQ(code, "serve.neighbour_unknown");
    EXPECT_TRUE(said.starts_with(
        "edge needs people, talk needs people: name people too, or say where it is"))
        << said;
}

TEST(Callees, may_be_elsewhere_or_not_needed) {
    EXPECT_NO_THROW(check_callees({&talk}, {{.service = "people", .url = "http://127.0.0.1:1"}}));
    EXPECT_NO_THROW(check_callees({&talk, &people}, {}));
}

TEST(Clients, are_found_once_everybody_is_made) {
    aio::Loop loop{"test"};
    int object = 0;
    bool is_made = false;
    Clients clients{[&](const Clients::Wanted& wanted) {
        EXPECT_TRUE(is_made);
        EXPECT_EQ(wanted.service, "people");
        return contracts::Callee{.api = &object, .loop = &loop};
    }};

    const auto early = clients.ask_for({"people", typeid(int), loop});
    EXPECT_EQ(early->api, nullptr);
    is_made = true;
    clients.connect();
    const auto late = clients.ask_for({"people", typeid(int), loop});

    EXPECT_EQ(early->api, &object);
    EXPECT_EQ(late->api, &object);
}

}  // namespace
}  // namespace loquat::runtime
