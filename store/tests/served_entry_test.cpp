#include <gtest/gtest.h>

#include "base/failure.hpp"
#include "store/log/served/entry.hpp"
#include "testing/failure_code.hpp"

namespace loquat::store {
namespace {

TEST(ServedEntry, has_nothing_between_the_last_record_of_one_and_the_first_of_the_next) {
    EXPECT_EQ(before(0), 0U);
    EXPECT_EQ(last_of(0), slots);
    EXPECT_EQ(last_of(6), before(7));
    EXPECT_EQ(offset_in_group(6, slots - 1, slots), last_of(6));
    EXPECT_EQ(offset_in_group(6, 0, slots), before(6) + 1);
    EXPECT_EQ(offset_in_group(6, 0, 1), last_of(6));
}

TEST(ServedEntry, is_found_again_by_any_of_its_records) {
    EXPECT_EQ(entry_after(0), 0U);
    EXPECT_EQ(entry_after(offset_in_group(4, 0, 3)), 4U);  // two more are in it
    EXPECT_EQ(entry_after(last_of(4)), 5U);
}

TEST(ServedEntry, gives_the_records_of_a_group_ascending_offsets) {
    const std::vector<KeyedPayload> group{{"a", "1"}, {"", ""}, {"c", std::string(300, '\0')}};

    const auto records =
        records_of({.offset = 2, .form = EntryForm::group, .payload = encode_group(group)}, Uuid{});

    ASSERT_EQ(records.size(), 3U);
    for (std::size_t i = 0; i < group.size(); ++i) {
        EXPECT_EQ(records[i]->key, group[i].key);
        EXPECT_EQ(records[i]->payload, group[i].payload);
        EXPECT_EQ(records[i]->offset, 3 * slots - 2 + i);
    }
}

TEST(ServedEntry, of_a_mark_has_no_record) {
    EXPECT_TRUE(records_of({.offset = 2, .form = EntryForm::mark, .payload = "x"}, Uuid{}).empty());
}

TEST(ServedEntry, refuses_a_group_that_was_cut_or_lengthened_anywhere) {
    const std::string whole = encode_group({{"key", "payload"}, {"k", "p"}});

    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_EQ(test::code_of([&] { decode_group(whole.substr(0, size)); }), "store.damaged");
    }
    EXPECT_EQ(test::code_of([&] { decode_group(whole + "x"); }), "store.damaged");
    EXPECT_EQ(test::code_of([] { decode_group("\xff\xff\xff\xff"); }), "store.damaged");
}

TEST(ServedEntry, of_somebody_else_is_a_record) {
    EXPECT_EQ(form_of(""), EntryForm::record);
    EXPECT_EQ(form_of("something"), EntryForm::record);
    EXPECT_EQ(form_of(name_of(EntryForm::group)), EntryForm::group);
    EXPECT_EQ(form_of(name_of(EntryForm::mark)), EntryForm::mark);
}

}  // namespace
}  // namespace loquat::store
