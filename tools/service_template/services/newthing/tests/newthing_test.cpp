#include "services/newthing/newthing.hpp"

#include <gtest/gtest.h>

#include "services/newthing/adapters/memory_entries.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"
#include "testing/world.hpp"

namespace loquat::newthing {
namespace {

class NewthingTest : public testing::Test, protected test::WorldBase {
  protected:
    // "ok", or the code of the failure.
    std::string add(contracts::Caller caller, std::string text) {
        contracts::AddNewthingEntryRequest request{std::move(text)};
        return test::await(
            loop, test::code_of(newthing_.add_entry(std::move(caller), std::move(request))));
    }
    std::vector<std::string> list(contracts::Caller caller) {
        const auto page = test::await(loop, newthing_.list_entries(std::move(caller), {}));
        std::vector<std::string> texts;
        for (const auto& entry : page.items) {
            texts.push_back(entry.text);
        }
        return texts;
    }

    MemoryEntries entries_;
    Newthing newthing_{Config{.entries_per_user_max = 2}, entries_, clock};
};

TEST_F(NewthingTest, keeps_entries_in_order_and_apart_by_owner) {
    const auto ana = test::caller_as(UserId::make());
    const auto ben = test::caller_as(UserId::make());

    add(ana, "one");
    add(ana, "two");
    add(ben, "three");

    EXPECT_EQ(list(ana), (std::vector<std::string>{"one", "two"}));
    EXPECT_EQ(list(ben), (std::vector<std::string>{"three"}));
}

TEST_F(NewthingTest, refuses_more_than_the_limit) {
    const auto ana = test::caller_as(UserId::make());
    add(ana, "one");
    add(ana, "two");

    EXPECT_EQ(add(ana, "three"), "newthing.full");
}

TEST_F(NewthingTest, is_only_for_people_who_signed_in) {
    EXPECT_EQ(add({}, "one"), "auth.required");
}

}  // namespace
}  // namespace loquat::newthing
