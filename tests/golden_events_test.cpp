#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "base/bytes.hpp"
#include "contracts/audit/audit_record.hpp"
#include "contracts/auth/broadcasts.hpp"
#include "contracts/auth/events.hpp"
#include "contracts/chat/broadcasts.hpp"
#include "contracts/dead/dead_record.hpp"
#include "contracts/events/feeds.hpp"
#include "contracts/events/topics.hpp"
#include "contracts/events/user_event.hpp"
#include "contracts/presence/broadcasts.hpp"
#include "contracts/presence/events.hpp"
#include "contracts/usage/usage_record.hpp"

// What services tell each other and their clients without being asked: each has a sample, which is
// read, and written as it was.
namespace loquat::test {
namespace {

const std::filesystem::path samples =
    std::filesystem::path{LOQUAT_SOURCE_DIR} / "tests/golden/0.1.0";

std::string read_sample(const std::string& name) {
    std::ifstream in{samples / name};
    std::ostringstream text;
    text << in.rdbuf();
    std::string content = text.str();
    EXPECT_FALSE(content.empty()) << "there is no sample " << name;
    while (content.ends_with('\n')) {
        content.pop_back();
    }
    return content;
}

std::string read_bytes(const std::string& name) {
    const auto bytes = from_base64(read_sample(name));
    EXPECT_TRUE(bytes) << name << " is not base64";
    return bytes.value_or("");
}

// Calls `visit` with each tagged struct that `Union` may be, through unions within it.
template <class Union, class Visit>
void for_each_alternative(Visit visit) {
    boost::mp11::mp_for_each<
        boost::mp11::mp_transform<std::type_identity, typename Union::Alternatives>>([&](auto one) {
        using T = typename decltype(one)::type;
        if constexpr (wire::Tagged<T>) {
            visit(one);
        } else {
            for_each_alternative<T>(visit);
        }
    });
}

// Members of `before` in their order, with the same values; there may be more between them.
void expect_same_members(const wire::Value& now, const wire::Value& before,
                         const std::string& where) {
    if (before.if_object() == nullptr) {
        EXPECT_EQ(wire::to_json(now), wire::to_json(before)) << where;
        return;
    }
    ASSERT_NE(now.if_object(), nullptr) << where;
    auto at = now.if_object()->begin();
    for (const auto& [name, value] : *before.if_object()) {
        const auto is_it = [&](const auto& member) { return member.first == name; };
        at = std::find_if(at, now.if_object()->end(), is_it);
        ASSERT_NE(at, now.if_object()->end()) << where << "." << name << " is gone, or elsewhere";
        expect_same_members(at->second, value, where + "." + name);
    }
}

template <class Union>
void expect_samples() {
    for_each_alternative<Union>([](auto one) {
        using T = typename decltype(one)::type;
        const std::string name = wire::schema_of<T>().name;
        const std::string sample = read_sample("events/" + name + ".json");
        if (sample.empty()) {
            return;
        }

        const T event = wire::from_json<T>(sample);

        const std::string now = wire::encode(event);
        EXPECT_TRUE(now.starts_with("{\"type\":\"")) << now;
        expect_same_members(wire::parse(now), wire::parse(sample), name);
    });
}

TEST(Golden, live_events_of_every_feed_are_written_as_ever) {
    expect_samples<contracts::ChatEvent>();
    expect_samples<contracts::ChatsEvent>();
    expect_samples<contracts::PresenceEvent>();
    expect_samples<contracts::SessionEvent>();
}

TEST(Golden, events_of_answers_are_written_as_ever) {
    expect_samples<contracts::AnswerEvent>();
    expect_samples<wire::OneOf<contracts::AnswerSnapshot>>();
}

TEST(Golden, all_feeds_are_among_those_with_samples) {
    std::set<std::string> names;
    for (const contracts::LiveFeed& feed : contracts::live_feeds()) {
        names.insert(feed.events.name);
    }

    EXPECT_EQ(names,
              (std::set<std::string>{"ChatEvent", "ChatsEvent", "PresenceEvent", "SessionEvent"}));
}

template <class Payload>
void expect_written_as_it_was(const std::string& name) {
    const std::string bytes = read_bytes(name);

    const auto payload = contracts::decode<Payload>(bytes);

    ASSERT_TRUE(payload) << name << " is not read any more";
    EXPECT_EQ(to_base64(contracts::encode(*payload)), to_base64(bytes)) << name;
}

TEST(Golden, log_records_of_every_version_are_read) {
    const auto check = [](const auto& record) {
        using Payload = typename std::remove_cvref_t<decltype(record)>::Payload;
        for (int version = 1; version <= record.version; ++version) {
            expect_written_as_it_was<Payload>("records/" + wire::detail::type_name<Payload>() +
                                              "-" + std::to_string(version) + ".base64");
        }
    };

    std::apply([&](const auto&... record) { (check(record), ...); }, contracts::records::all);
}

TEST(Golden, what_is_told_under_every_topic_is_read_and_written_as_ever) {
    const auto check = [](const auto& topic) {
        using Payload = typename std::remove_cvref_t<decltype(topic)>::Payload;
        expect_written_as_it_was<Payload>("topics/" + wire::detail::type_name<Payload>() +
                                          ".base64");
    };

    std::apply([&](const auto&... topic) { (check(topic), ...); }, contracts::topics::all);
}

}  // namespace
}  // namespace loquat::test
