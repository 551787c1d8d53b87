#include "services/newthing/newthing.hpp"

#include <gtest/gtest.h>

#include "aio/loop.hpp"
#include "base/failure.hpp"
#include "services/newthing/adapters/memory_entries.hpp"

namespace loquat::newthing {
namespace {

class NewthingTest : public testing::Test {
  protected:
    // What adding ends with: empty, or the code of its failure.
    std::string add(contracts::Caller caller, std::string text) {
        std::string code = "never ended";
        const auto run = [&](contracts::Caller who, std::string what) -> Task<void> {
            contracts::AddNewthingEntryRequest request{std::move(what)};
            try {
                co_await newthing_.add_entry(std::move(who), std::move(request));
                code.clear();
            } catch (const Failure& failure) {
                code = failure.code;
            }
        };
        loop_.spawn(run(std::move(caller), std::move(text)));
        loop_.poll();
        return code;
    }
    std::vector<std::string> list(contracts::Caller caller) {
        std::vector<std::string> texts;
        const auto run = [&](contracts::Caller who) -> Task<void> {
            const auto page = co_await newthing_.list_entries(std::move(who), {});
            for (const auto& entry : page.items) {
                texts.push_back(entry.text);
            }
        };
        loop_.spawn(run(std::move(caller)));
        loop_.poll();
        return texts;
    }
    static contracts::Caller person() {
        contracts::Caller caller;
        caller.user = UserId::make();
        return caller;
    }

    aio::Loop loop_{"test"};
    FakeClock clock_;
    MemoryEntries entries_;
    Newthing newthing_{Config{.entries_per_user_max = 2}, entries_, clock_};
};

TEST_F(NewthingTest, keeps_entries_in_order_and_apart_by_owner) {
    const auto ana = person();
    const auto ben = person();

    add(ana, "one");
    add(ana, "two");
    add(ben, "three");

    EXPECT_EQ(list(ana), (std::vector<std::string>{"one", "two"}));
    EXPECT_EQ(list(ben), (std::vector<std::string>{"three"}));
}

TEST_F(NewthingTest, refuses_more_than_the_limit) {
    const auto ana = person();
    add(ana, "one");
    add(ana, "two");

    EXPECT_EQ(add(ana, "three"), "newthing.full");
}

TEST_F(NewthingTest, is_only_for_people_who_signed_in) {
    EXPECT_EQ(add({}, "one"), "auth.required");
}

}  // namespace
}  // namespace loquat::newthing
