#include "services/config/follow/book.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/failure.hpp"
#include "services/config/follow/following.hpp"

namespace loquat::config {
namespace {

using contracts::ConfigOutcome;
using contracts::ConfigVerdict;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct Sent {
    std::vector<std::string> events;
    std::string last;
    bool is_closed = false;
};

class Line final : public FollowerLine {
  public:
    explicit Line(Sent& sent) : sent_(sent) {}
    void send(std::string_view event, std::string_view data) override {
        sent_.events.emplace_back(event);
        sent_.last = data;
    }
    void close() override { sent_.is_closed = true; }

  private:
    Sent& sent_;
};

struct Book : testing::Test {
    FakeClock clock;
    std::vector<contracts::ConfigChangeReport> reports;
    FollowersBook book{clock, [this](const auto& report) { reports.push_back(report); }};
    std::map<std::string, std::string> values{{"auth", "1"}, {"chat", "1"}};
    std::string trouble;
    std::map<std::string, Sent> sent;

    contracts::ConfigState compute(const FollowerKey& key) {
        if (!trouble.empty()) {
            throw Failure{Kind::internal, "config.malformed", trouble};
        }
        const std::string& name = key.applications.front();
        return {.version = "v", .settings = {{.path = name + ".x", .value = values[name]}}};
    }
    FollowersBook::Compute computing() {
        return [this](const FollowerKey& key) { return compute(key); };
    }
    std::string join(const std::string& name, const std::string& as = "") {
        const std::string& key = as.empty() ? name : as;
        return book.join({{name}, {"default"}, ""}, "host:1", std::make_unique<Line>(sent[key]),
                         computing());
    }
    bool change() { return book.propose(computing(), {""}); }
    bool vote(const std::string& id, ConfigVerdict verdict, std::int64_t change = 1) {
        return book.vote({.follower = id,
                          .change = change,
                          .verdict = verdict,
                          .problems = verdict == ConfigVerdict::refuses
                                          ? std::vector<std::string>{"auth.yml:1: auth.x is bad"}
                                          : std::vector<std::string>{}});
    }
};

TEST_F(Book, tells_who_comes_what_holds) {
    join("auth");

    EXPECT_THAT(sent["auth"].events, ElementsAre("hello"));
    EXPECT_THAT(sent["auth"].last, HasSubstr(R"("path":"auth.x","value":"1")"));
    EXPECT_FALSE(change()) << "nothing differs";
}

TEST_F(Book, applies_a_change_once_all_whom_it_concerns_accept_it) {
    const std::string first = join("auth", "a1");
    const std::string second = join("auth", "a2");
    join("chat");
    values["auth"] = "2";

    EXPECT_TRUE(change());
    EXPECT_TRUE(vote(first, ConfigVerdict::accepts));

    EXPECT_THAT(sent["a1"].events, ElementsAre("hello", "proposed"));
    EXPECT_TRUE(book.is_judging());
    EXPECT_TRUE(vote(second, ConfigVerdict::accepts));
    EXPECT_THAT(sent["a1"].events, ElementsAre("hello", "proposed", "applied"));
    EXPECT_THAT(sent["a2"].events, ElementsAre("hello", "proposed", "applied"));
    EXPECT_THAT(sent["chat"].events, ElementsAre("hello")) << "it does not concern chat";
    EXPECT_FALSE(book.is_judging());
    ASSERT_THAT(reports, SizeIs(1));
    EXPECT_EQ(reports[0].outcome, ConfigOutcome::applied);
    EXPECT_EQ(reports[0].followers, 2);
}

TEST_F(Book, applies_a_change_nowhere_when_one_refuses_it) {
    const std::string auth = join("auth");
    const std::string chat = join("chat");
    values = {{"auth", "2"}, {"chat", "2"}};

    change();
    vote(chat, ConfigVerdict::accepts);
    vote(auth, ConfigVerdict::refuses);

    EXPECT_THAT(sent["auth"].events, ElementsAre("hello", "proposed", "dropped"));
    EXPECT_THAT(sent["chat"].events, ElementsAre("hello", "proposed", "dropped"));
    ASSERT_THAT(reports, SizeIs(1));
    EXPECT_EQ(reports[0].outcome, ConfigOutcome::refused);
    EXPECT_EQ(reports[0].problems.at(0).problem, "auth.yml:1: auth.x is bad");
    EXPECT_EQ(reports[0].problems.at(0).name, "auth");
    join("chat", "late");
    EXPECT_THAT(sent["late"].last, HasSubstr(R"("value":"1")"))
        << "the old stays, for starters too";
}

TEST_F(Book, goes_on_without_who_is_silent) {
    const std::string first = join("auth", "a1");
    join("auth", "a2");
    values["auth"] = "2";
    change();
    vote(first, ConfigVerdict::accepts);

    book.end_waiting();

    EXPECT_TRUE(sent["a2"].is_closed);
    EXPECT_THAT(sent["a1"].events, ElementsAre("hello", "proposed", "applied"));
    EXPECT_EQ(book.size(), 1U);
}

TEST_F(Book, goes_on_when_one_leaves_before_its_vote) {
    const std::string first = join("auth", "a1");
    const std::string second = join("auth", "a2");
    values["auth"] = "2";
    change();
    vote(first, ConfigVerdict::accepts);

    book.leave(second);

    EXPECT_FALSE(book.is_judging());
    EXPECT_EQ(sent["a1"].events.back(), "applied");
}

TEST_F(Book, takes_only_votes_that_are_awaited) {
    const std::string auth = join("auth");
    EXPECT_FALSE(vote("nobody", ConfigVerdict::accepts));
    EXPECT_FALSE(vote(auth, ConfigVerdict::accepts));
    values["auth"] = "2";
    change();

    EXPECT_FALSE(vote(auth, ConfigVerdict::accepts, 7)) << "of another change";
    EXPECT_TRUE(book.is_judging());
    EXPECT_TRUE(vote(auth, ConfigVerdict::accepts));
    EXPECT_FALSE(vote(auth, ConfigVerdict::accepts)) << "twice";
}

TEST_F(Book, says_once_what_cannot_be_read) {
    join("auth");
    trouble = "auth.yml: line 3: what?";

    EXPECT_FALSE(change());
    EXPECT_FALSE(change());

    ASSERT_THAT(reports, SizeIs(1));
    EXPECT_EQ(reports[0].problems.at(0).problem, trouble);
    EXPECT_THAT(sent["auth"].events, ElementsAre("hello"));
}

TEST_F(Book, keeps_nothing_for_keys_that_nobody_follows) {
    const std::string auth = join("auth");
    book.leave(auth);
    values["auth"] = "2";

    join("auth", "again");

    EXPECT_THAT(sent["again"].last, HasSubstr(R"("value":"2")"));
}

TEST_F(Book, refreshes_who_is_meant) {
    join("auth");
    join("chat");

    book.refresh([](const auto& one) { return is_meant("chat", one); });

    EXPECT_THAT(sent["auth"].events, ElementsAre("hello"));
    EXPECT_THAT(sent["chat"].events, ElementsAre("hello", "refresh"));
    const contracts::ConfigFollower one{.id = "i", .name = "auth,chat", .instance = "host:7"};
    for (const char* meant : {"", "**", "auth", "chat:**", "auth:host:7", "*:i", "chat:*"}) {
        EXPECT_TRUE(is_meant(meant, one)) << meant;
    }
    for (const char* other : {"mail", "auth:host:8", "aut", "auth,chat"}) {
        EXPECT_FALSE(is_meant(other, one)) << other;
    }
}

}  // namespace
}  // namespace loquat::config
