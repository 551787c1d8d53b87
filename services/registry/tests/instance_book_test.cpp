#include "services/registry/domain/instance_book.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/failure.hpp"

namespace loquat::registry {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using Renewal = InstanceBook::Renewal;

struct Book : testing::Test {
    InstanceBook::Rules rules;
    std::optional<InstanceBook> made;
    FakeClock clock;

    InstanceBook& book() {
        if (!made) {
            made.emplace(rules);
        }
        return *made;
    }
    Moment now() const { return {clock.now(), clock.steady()}; }
    Instance instance(std::string app, std::string id) const {
        Instance made_now;
        made_now.app = std::move(app);
        made_now.id = std::move(id);
        made_now.dirty_at = clock.now();
        return made_now;
    }
    void add(std::string app, std::string id) {
        book().add(instance(std::move(app), std::move(id)), Origin::client, now());
    }
    void add_many(const std::string& app, int number) {
        for (int i = 0; i < number; ++i) {
            add(app, "i" + std::to_string(i));
        }
    }
    Renewal beat(std::string_view app, std::string_view id, InstanceBook::Beat said = {}) {
        return book().renew(app, id, said, Origin::client, now());
    }
    Status status(std::string_view id) {
        const auto found = book().find_anywhere(id);
        return found ? found->status : Status::unknown;
    }
    std::vector<std::string> pass(std::chrono::milliseconds time) {
        clock.advance(time);
        std::vector<std::string> ids;
        for (const auto& removed : book().expire(now())) {
            ids.push_back(removed.instance->id);
        }
        return ids;
    }
};

TEST_F(Book, finds_an_application_in_any_case) {
    add("CHAT", "a");

    EXPECT_NE(book().find("chat", "a"), nullptr);
    EXPECT_EQ(book().find("chat", "b"), nullptr);
    EXPECT_EQ(book().find("mail", "a"), nullptr);
}

TEST_F(Book, counts_its_instances_by_status_in_the_hash_code) {
    EXPECT_EQ(book().hash_code(), "");
    add("CHAT", "a");
    add("CHAT", "b");
    add("MAIL", "c");
    book().override_status("MAIL", "c", Status::down, now());

    EXPECT_EQ(book().hash_code(), "DOWN_1_UP_2_");
    EXPECT_TRUE(book().remove("CHAT", "a", Departure::canceled, now()));
    EXPECT_EQ(book().hash_code(), "DOWN_1_UP_1_");
}

TEST_F(Book, keeps_an_instance_as_long_as_it_is_heard_of) {
    add("CHAT", "a");

    EXPECT_THAT(pass(89s), IsEmpty());
    EXPECT_EQ(beat("CHAT", "a"), Renewal::renewed);
    EXPECT_THAT(pass(89s), IsEmpty());
    EXPECT_THAT(pass(1s), ElementsAre("a"));
    EXPECT_EQ(beat("CHAT", "a"), Renewal::unknown);
    EXPECT_THAT(book().apps(), IsEmpty());
}

TEST_F(Book, counts_leases_twice_where_it_is_told_to) {
    rules.counts_leases_twice = true;
    add("CHAT", "a");

    EXPECT_THAT(pass(179s), IsEmpty());
    EXPECT_THAT(pass(1s), ElementsAre("a"));
}

// One of two that died is gone in time: only when many fall silent is the network suspected.
TEST_F(Book, removes_the_one_that_fell_silent_of_two) {
    add_many("CHAT", 2);
    clock.advance(60s);
    beat("CHAT", "i0");

    EXPECT_THAT(pass(30s), ElementsAre("i1"));
}

TEST_F(Book, keeps_those_of_an_application_that_fell_silent_together) {
    add_many("CHAT", 10);
    add("MAIL", "m");
    clock.advance(60s);
    beat("CHAT", "i0");

    EXPECT_THAT(pass(30s), ElementsAre("m")) << "another application is judged by itself";
    EXPECT_EQ(book().find_app("CHAT")->size(), 10u);
    EXPECT_TRUE(book().find_app("CHAT")->at("i1").is_kept);
    EXPECT_FALSE(book().find_app("CHAT")->at("i0").is_kept);
    EXPECT_EQ(beat("CHAT", "i1"), Renewal::renewed);
    EXPECT_FALSE(book().find_app("CHAT")->at("i1").is_kept);
}

TEST_F(Book, does_not_keep_the_silent_for_ever) {
    add_many("CHAT", 4);

    EXPECT_THAT(pass(90s), IsEmpty());
    EXPECT_EQ(pass(90s * 10).size(), 4u);
}

// Leases that end one after the other must not empty an application either.
TEST_F(Book, removes_no_more_than_a_share_within_a_window) {
    for (int i = 0; i < 20; ++i) {
        add("CHAT", "i" + std::to_string(i));
        clock.advance(1s);
    }

    std::size_t removed = pass(70s).size();
    for (int second = 0; second < 19; ++second) {
        removed += pass(1s).size();
    }

    EXPECT_EQ(removed, 3u) << "15 % of 20";
}

TEST_F(Book, asks_an_instance_that_changed_to_register_again) {
    add("CHAT", "a");
    const Time dirty = clock.now();

    EXPECT_EQ(beat("CHAT", "a", {.dirty_at = dirty + 1ms}), Renewal::unknown);
    EXPECT_EQ(beat("CHAT", "a", {.dirty_at = dirty - 1ms}), Renewal::renewed);
    EXPECT_EQ(book().renew("CHAT", "a", {.dirty_at = dirty - 1ms}, Origin::peer, now()),
              Renewal::is_newer);
    EXPECT_EQ(beat("CHAT", "a", {.dirty_at = dirty}), Renewal::renewed);
}

TEST_F(Book, keeps_the_newer_copy_of_a_registration_that_comes_twice) {
    Instance newer = instance("CHAT", "a");
    newer.metadata = {{"copy", "newer"}};
    newer.dirty_at = clock.now() + 1s;
    book().add(newer, Origin::client, now());

    Instance older = instance("CHAT", "a");
    older.metadata = {{"copy", "older"}};
    book().add(older, Origin::peer, now());

    EXPECT_EQ(book().find("CHAT", "a")->metadata, newer.metadata);
}

TEST_F(Book, holds_what_somebody_decided_against_beats_and_registrations) {
    add("CHAT", "a");
    EXPECT_TRUE(book().override_status("CHAT", "a", Status::out_of_service, now()));

    EXPECT_EQ(beat("CHAT", "a"), Renewal::renewed);
    EXPECT_EQ(status("a"), Status::out_of_service);
    add("CHAT", "a");
    EXPECT_EQ(status("a"), Status::out_of_service);
    EXPECT_EQ(book().find("CHAT", "a")->overridden_status, Status::out_of_service);
}

TEST_F(Book, lets_an_instance_say_that_it_is_down_whatever_was_decided) {
    add("CHAT", "a");
    book().override_status("CHAT", "a", Status::up, now());
    Instance down = instance("CHAT", "a");
    down.status = Status::down;
    book().add(down, Origin::client, now());

    EXPECT_EQ(status("a"), Status::down);
}

// As Eureka has it: nobody knows how it is then, until it registers again.
TEST_F(Book, has_an_instance_register_again_once_a_decision_is_dropped) {
    add("CHAT", "a");
    book().override_status("CHAT", "a", Status::out_of_service, now());

    EXPECT_TRUE(book().drop_override("CHAT", "a", Status::unknown, now()));
    EXPECT_EQ(beat("CHAT", "a"), Renewal::unknown);
    clock.advance(1s);
    add("CHAT", "a");
    EXPECT_EQ(status("a"), Status::up);
}

TEST_F(Book, tells_the_latest_change_of_each_instance) {
    add("CHAT", "a");
    add("CHAT", "b");
    const std::uint64_t seen = book().version();
    book().set_metadata("CHAT", "b", {{"zone", "z"}}, now());
    book().remove("CHAT", "b", Departure::canceled, now());
    add("MAIL", "c");

    const auto changes = book().changes_since(seen);

    ASSERT_TRUE(changes);
    ASSERT_EQ(changes->size(), 2u);
    EXPECT_EQ(changes->at(0).instance->id, "b");
    EXPECT_EQ(changes->at(0).instance->action, Action::deleted);
    EXPECT_EQ(changes->at(1).instance->id, "c");
    EXPECT_THAT(*book().changes_since(book().version()), IsEmpty());
    EXPECT_EQ(book().recent_changes().size(), 3u);
}

TEST_F(Book, says_when_it_does_not_know_all_changes_any_more) {
    add("CHAT", "a");
    pass(60s);
    beat("CHAT", "a");
    add("CHAT", "b");
    pass(80s);
    beat("CHAT", "a");
    beat("CHAT", "b");
    pass(40s);

    EXPECT_FALSE(book().changes_since(0)) << "older than three minutes";
    EXPECT_TRUE(book().changes_since(1));
    EXPECT_FALSE(book().changes_since(99)) << "of another life";
}

TEST_F(Book, is_full_at_its_limit_but_for_who_is_known) {
    rules.instances_max = 1;
    add("CHAT", "a");

    EXPECT_THROW(add("CHAT", "b"), Failure);
    EXPECT_NO_THROW(add("CHAT", "a"));
}

TEST_F(Book, is_full_at_its_limit_of_bytes) {
    rules.bytes_max = 4'000;
    add("CHAT", "a");
    Instance large = instance("CHAT", "b");
    large.metadata = {{"text", std::string(4'000, 'x')}};

    EXPECT_THROW(book().add(large, Origin::client, now()), Failure);
    EXPECT_EQ(book().size(), 1u);
}

TEST_F(Book, refuses_an_instance_that_says_too_much_of_itself) {
    add("CHAT", "a");
    std::string code;

    try {
        book().set_metadata("CHAT", "a", {{"text", std::string(100'000, 'x')}}, now());
    } catch (const Failure& failure) {
        code = failure.code;
    }

    EXPECT_EQ(code, "registry.too_large");
    EXPECT_THAT(book().find("CHAT", "a")->metadata, IsEmpty());
}

// However many fall at once: a connection that broke is no silence of the network.
TEST_F(Book, removes_whose_connection_broke_and_who_was_not_heard_since) {
    add_many("CHAT", 4);
    for (const char* id : {"i0", "i1", "i2"}) {
        EXPECT_TRUE(book().hold("chat", id, now()));
    }
    book().let_go("CHAT", "i0", now());
    book().let_go("CHAT", "i1", now());
    clock.advance(500ms);
    beat("CHAT", "i1");

    EXPECT_THAT(pass(500ms), ElementsAre("i0"));
    EXPECT_THAT(pass(5s), IsEmpty());
    EXPECT_EQ(book().recent_changes().back().departure, Departure::connection_broke);
}

TEST_F(Book, keeps_who_holds_another_connection) {
    add("CHAT", "a");
    book().hold("CHAT", "a", now());
    book().hold("CHAT", "a", now());

    book().let_go("CHAT", "a", now());

    EXPECT_THAT(pass(5s), IsEmpty());
    EXPECT_FALSE(book().hold("CHAT", "b", now()));
}

// After a sleep the registry takes up the registration first, then the end of the old connection.
TEST_F(Book, keeps_who_follows_on_another_connection_in_time) {
    add("CHAT", "a");
    book().hold("CHAT", "a", now());
    add("CHAT", "a");
    book().let_go("CHAT", "a", now());
    clock.advance(900ms);

    EXPECT_TRUE(book().hold("CHAT", "a", now()));

    EXPECT_THAT(pass(5s), IsEmpty());
    book().let_go("CHAT", "a", now());
    EXPECT_THAT(pass(1s), ElementsAre("a"));
}

// Its registration of later must not be taken for an older one.
TEST_F(Book, takes_what_comes_after_a_clock_that_jumped_ahead) {
    Instance ahead = instance("CHAT", "a");
    ahead.dirty_at = clock.now() + 24h;
    ahead.status = Status::starting;
    book().add(ahead, Origin::client, now());

    add("CHAT", "a");

    EXPECT_EQ(status("a"), Status::up);
}

}  // namespace
}  // namespace loquat::registry
