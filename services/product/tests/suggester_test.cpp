#include "services/product/search/suggester.hpp"

#include <gtest/gtest.h>

namespace loquat::product {
namespace {

ProductPtr named(const std::string& name, const std::string& category = "Things") {
    contracts::Product made;
    made.id = contracts::ProductId::make();
    made.name = name;
    made.category = category;
    return std::make_shared<const contracts::Product>(made);
}

std::vector<std::string> texts(const Suggester& suggester, std::string_view typed,
                               std::size_t limit = 8) {
    std::vector<std::string> all;
    for (const auto& one : suggester.suggest(typed, limit)) {
        all.push_back(std::string{wire::enum_name(one.kind)} + " " + one.text);
    }
    return all;
}

using Texts = std::vector<std::string>;

TEST(Suggester, gives_words_then_categories_then_products) {
    Suggester suggester;
    suggester.put(named("Apple smart watch", "Watches"));
    suggester.put(named("Watch strap"));
    suggester.put(named("Water bottle"));

    EXPECT_EQ(texts(suggester, "Wat"),
              (Texts{"query watch", "query water", "category Watches", "product Watch strap",
                     "product Water bottle", "product Apple smart watch"}));
    EXPECT_EQ(texts(suggester, "smart w"),
              (Texts{"query smart watch", "product Apple smart watch"}));
    EXPECT_EQ(texts(suggester, "wat", 2), (Texts{"query watch", "product Watch strap"}));
    EXPECT_EQ(texts(suggester, "x"), Texts{});
    EXPECT_EQ(texts(suggester, " , "), Texts{});
}

TEST(Suggester, forgets_what_is_gone_and_takes_new_names) {
    Suggester suggester;
    const ProductPtr lamp = named("Lamp");
    suggester.put(lamp);
    contracts::Product changed = *lamp;
    changed.name = "Candle";
    suggester.put(std::make_shared<const contracts::Product>(changed));

    EXPECT_EQ(texts(suggester, "la"), Texts{});
    EXPECT_EQ(texts(suggester, "ca"), (Texts{"query candle", "product Candle"}));
    suggester.remove(lamp->id);
    EXPECT_EQ(texts(suggester, "ca"), Texts{});
    EXPECT_EQ(texts(suggester, "thi"), Texts{});
}

}  // namespace
}  // namespace loquat::product
