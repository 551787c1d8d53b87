#include "services/product/search/synonyms.hpp"

#include <gtest/gtest.h>

#include "base/failure.hpp"

namespace loquat::product {
namespace {

TEST(Synonyms, hold_both_ways_or_one) {
    Synonyms synonyms;
    synonyms.add("lamp, light  # both\n\n# a remark\nmobile phones => handset\n");
    EXPECT_EQ(synonyms.of("lamp"), std::vector<std::string>{"light"});
    EXPECT_EQ(synonyms.of("light"), std::vector<std::string>{"lamp"});
    EXPECT_EQ(synonyms.of("mobilephone"), std::vector<std::string>{"handset"});
    EXPECT_TRUE(synonyms.of("handset").empty());
    EXPECT_EQ(synonyms.of("laptop"), std::vector<std::string>{"notebook"});
}

TEST(Synonyms, name_the_line_that_is_none) {
    for (const auto* rules :
         {"lamp, light\nalone", "lamp, light\na =>", "lamp, light\n=> b", "lamp, light\na,,b"}) {
        Synonyms synonyms;
        try {
            synonyms.add(rules);
            ADD_FAILURE() << rules;
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.code, "shop.synonyms");
            EXPECT_NE(failure.message.find("Line 2"), std::string::npos);
        }
    }
}

TEST(Synonyms, give_each_accessory_a_bit_of_its_own) {
    EXPECT_EQ(Synonyms::accessory_bit("lamp"), 0U);
    EXPECT_NE(Synonyms::accessory_bit("case"), 0U);
    EXPECT_NE(Synonyms::accessory_bit("case"), Synonyms::accessory_bit("charger"));
    EXPECT_NE(Synonyms::accessory_bit("speaker"), 0U);
}

}  // namespace
}  // namespace loquat::product
