#include "services/consumer/domain/refusals.hpp"

#include <gtest/gtest.h>

namespace loquat::consumer {
namespace {

using Next = Refusals::Next;

TEST(Refusals, halves_batches_until_one_record_stands_alone_and_gives_it_up_after_its_tries) {
    Refusals refusals{8, 3};

    EXPECT_EQ(refusals.on_refused(1, 5), Next::narrow);
    EXPECT_EQ(refusals.records_max(), 2U);
    EXPECT_EQ(refusals.on_refused(1, 2), Next::narrow);
    EXPECT_EQ(refusals.records_max(), 1U);
    EXPECT_EQ(refusals.on_refused(1, 1), Next::again);
    EXPECT_EQ(refusals.on_refused(1, 1), Next::again);
    EXPECT_EQ(refusals.on_refused(1, 1), Next::give_up);
    EXPECT_EQ(refusals.tries(), 3U);
}

TEST(Refusals, tries_each_record_anew) {
    Refusals refusals{1, 2};

    EXPECT_EQ(refusals.on_refused(1, 1), Next::again);
    refusals.on_stored();
    EXPECT_EQ(refusals.on_refused(1, 1), Next::again) << "it was another one's turn between";
    EXPECT_EQ(refusals.on_refused(2, 1), Next::again);
    EXPECT_EQ(refusals.on_refused(2, 1), Next::give_up);
}

TEST(Refusals, takes_as_much_as_before_again_once_it_is_past_the_one) {
    Refusals refusals{8, 1};
    refusals.on_refused(1, 2);
    EXPECT_EQ(refusals.on_refused(1, 1), Next::give_up);

    refusals.on_given_up();
    EXPECT_EQ(refusals.records_max(), 2U);
    refusals.on_stored();
    refusals.on_stored();
    refusals.on_stored();

    EXPECT_EQ(refusals.records_max(), 8U);
}

TEST(Refusals, halves_what_is_not_stored_in_time_and_gives_nothing_up_for_it) {
    Refusals refusals{8, 1};

    refusals.on_late(5);
    EXPECT_EQ(refusals.records_max(), 2U);
    refusals.on_late(2);
    refusals.on_late(1);
    EXPECT_EQ(refusals.records_max(), 1U);
    refusals.on_stored();

    EXPECT_EQ(refusals.records_max(), 2U);
    EXPECT_FALSE(refusals.is_standing());
}

TEST(Refusals, gives_nothing_up_any_more_when_many_were_refused_one_after_the_other) {
    Refusals refusals{1, 1};
    store::Offset offset = 0;
    for (std::size_t i = 0; i < Refusals::in_a_row_max; ++i) {
        EXPECT_EQ(refusals.on_refused(++offset, 1), Next::give_up);
        refusals.on_given_up();
    }

    EXPECT_TRUE(refusals.is_standing());
    EXPECT_EQ(refusals.on_refused(++offset, 1), Next::stand);
    EXPECT_EQ(refusals.on_refused(offset, 1), Next::stand);
    refusals.on_stored();

    EXPECT_FALSE(refusals.is_standing());
    EXPECT_EQ(refusals.on_refused(++offset, 1), Next::give_up);
}

TEST(Refusals, are_of_what_a_record_is_and_not_of_a_store_that_is_away_or_wrong) {
    for (const char* code :
         {"store.constraint", "store.conflict", "store.text", "store.too_large"}) {
        EXPECT_TRUE(is_refusal(code)) << code;
    }
    for (const char* code : {"store.unavailable", "store.full", "store.denied", "store.statement",
                             "store.damaged", "store.position_moved", "upstream.timeout"}) {
        EXPECT_FALSE(is_refusal(code)) << code;
    }
}

}  // namespace
}  // namespace loquat::consumer
