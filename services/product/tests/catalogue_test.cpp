#include "services/product/search/catalogue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace loquat::product {
namespace {

using contracts::Product;
using contracts::ProductId;
using contracts::Variant;
using contracts::VariantId;
using Names = std::vector<std::string>;

contracts::Price euro(std::int64_t amount) {
    return {.amount = amount, .currency = "EUR", .text = std::nullopt};
}

Product product(const std::string& name, std::int64_t price = 1000, std::int64_t stock = 1) {
    Product made;
    made.id = ProductId::make();
    made.product_id = made.id;
    made.sku = "sku-" + name;
    made.name = name;
    made.price = euro(price);
    made.stock = stock;
    return made;
}

Variant variant(const std::string& sku, std::map<std::string, std::string> options,
                std::int64_t price, std::int64_t stock) {
    return {.id = VariantId::make(),
            .sku = sku,
            .options = std::move(options),
            .price = euro(price),
            .stock = stock};
}

struct World {
    Synonyms synonyms;
    Catalogue catalogue{synonyms};

    ProductPtr put(Product product) {
        auto made = std::make_shared<const Product>(std::move(product));
        catalogue.put(made);
        return made;
    }
    Names names(const Search& wanted) {
        Names names;
        for (const Found::Item& item : catalogue.search(wanted).items) {
            names.push_back(item.product->name);
        }
        return names;
    }
};

TEST(Catalogue, puts_codes_and_whole_names_first) {
    World world;
    for (int i = 0; i < 12; ++i) {
        world.put(product("Apple MX-500 cover " + std::to_string(i)));
    }
    Product coded = product("Plain thing");
    coded.sku = "MX 500";
    coded.ean = "4006381333931";
    world.put(coded);
    world.put(product("Apple"));

    EXPECT_EQ(world.names({.question = "mx-500"}).front(), "Plain thing");
    EXPECT_EQ(world.names({.question = "4006381333931"}).front(), "Plain thing");
    EXPECT_EQ(world.names({.question = "apples"}).front(), "Apple");
    EXPECT_EQ(world.catalogue.find_code("mx500").product->name, "Plain thing");
    EXPECT_EQ(world.catalogue.find_code("").product, nullptr);
    EXPECT_EQ(world.catalogue.find_code("mx501").product, nullptr);
}

TEST(Catalogue, says_what_it_searched_instead) {
    World world;
    world.put(product("Keyboard"));
    const Found found = world.catalogue.search({.question = "keybord"});
    EXPECT_EQ(found.corrected, "keyboard");
    EXPECT_EQ(found.total, 1U);
    EXPECT_EQ(world.catalogue.search({.question = "keybord", .correct = false}).total, 0U);
    EXPECT_EQ(world.catalogue.search({.question = "keyboard"}).corrected, std::nullopt);
}

TEST(Catalogue, wants_one_variant_that_passes_all_filters) {
    World world;
    Product shirt = product("Shirt");
    shirt.variants = {variant("s1", {{"colour", "red"}, {"size", "S"}}, 1000, 0),
                      variant("s2", {{"colour", "red"}, {"size", "M"}}, 2000, 4),
                      variant("s3", {{"colour", "blue"}, {"size", "S"}}, 1000, 4)};
    world.put(shirt);
    const auto find = [&](Filters filters) {
        return world.catalogue.search({.filters = std::move(filters)});
    };
    const auto by = [](const char* name, const char* value) {
        return Filters::Attribute{.name = name, .values = {value}, .min = {}, .max = {}};
    };
    EXPECT_EQ(find({.attributes = {by("colour", "red"), by("size", "S")}}).total, 1U);
    EXPECT_EQ(find({.in_stock = true, .attributes = {by("colour", "red"), by("size", "S")}}).total,
              0U);
    EXPECT_EQ(
        find({.price_max = 1500, .in_stock = true, .attributes = {by("colour", "red")}}).total, 0U);
    const Found found = find({.in_stock = true, .attributes = {by("colour", "red")}});
    ASSERT_EQ(found.total, 1U);
    EXPECT_EQ(found.items.front().variant, shirt.variants[1].id);
    EXPECT_EQ(find({.attributes = {by("colour", "green")}}).total, 0U);
    EXPECT_EQ(find({.attributes = {by("weight", "1")}}).total, 0U);
    EXPECT_EQ(world.catalogue.find_code("S2").variant, shirt.variants[1].id);
}

TEST(Catalogue, filters_numbers_by_ranges) {
    World world;
    Product light = product("Light");
    light.attributes["weight"] = 0.5;
    Product heavy = product("Heavy");
    heavy.attributes["weight"] = "12";
    Product wordy = product("Wordy");
    wordy.attributes["weight"] = "much";
    world.put(light);
    world.put(heavy);
    world.put(wordy);
    const auto find = [&](std::optional<double> min, std::optional<double> max) {
        Search wanted;
        wanted.filters.attributes = {{.name = "weight", .values = {}, .min = min, .max = max}};
        return world.names(wanted);
    };
    EXPECT_EQ(find(0.5, 12), (Names{"Light", "Heavy"}));
    EXPECT_EQ(find(0.6, {}), Names{"Heavy"});
    EXPECT_EQ(find({}, 0.4), Names{});
}

TEST(Catalogue, sorts_and_goes_on_where_a_page_ended) {
    World world;
    for (int i = 0; i < 25; ++i) {
        Product one = product("Lamp " + std::to_string(i), (i * 7) % 5 * 100);
        if (i % 3 != 0) {
            one.rating = i % 4;
        }
        world.put(one);
    }
    for (const Order order :
         {Order::relevance, Order::price, Order::price_descending, Order::rating, Order::newest}) {
        const Names all = world.names({.question = "lamp", .order = order, .limit = 100});
        Names paged;
        Search page{.question = "lamp", .order = order, .limit = 4};
        while (true) {
            const Found found = world.catalogue.search(page);
            EXPECT_EQ(found.total, 25U);
            for (const auto& item : found.items) {
                paged.push_back(item.product->name);
            }
            if (!found.next) {
                break;
            }
            page.after = found.next;
        }
        EXPECT_EQ(paged, all);
        EXPECT_EQ(all.size(), 25U);
    }
    const Found cheap = world.catalogue.search({.order = Order::price, .limit = 100});
    EXPECT_TRUE(std::ranges::is_sorted(cheap.items, {}, [](const auto& item) {
        return std::pair{item.product->price.amount, item.product->id};
    }));
}

TEST(Catalogue, forgets_what_was_removed_or_replaced) {
    World world;
    Product lamp = product("Lamp");
    world.put(lamp);
    lamp.name = "Torch";
    lamp.sku = "other";
    world.put(lamp);
    EXPECT_EQ(world.catalogue.size(), 1U);
    EXPECT_EQ(world.names({.question = "lamp", .correct = false}), Names{});
    EXPECT_EQ(world.names({.question = "torch"}), Names{"Torch"});
    EXPECT_EQ(world.catalogue.find_code("sku-Lamp").product, nullptr);
    world.catalogue.remove(lamp.id);
    world.catalogue.remove(lamp.id);
    EXPECT_EQ(world.catalogue.size(), 0U);
    EXPECT_EQ(world.catalogue.find(lamp.id), nullptr);
    EXPECT_EQ(world.names({}), Names{});
}

TEST(Catalogue, says_which_categories_there_are) {
    World world;
    for (const auto* category : {"tea", "coffee", "tea"}) {
        Product one = product("One");
        one.category = category;
        world.put(one);
    }
    world.put(product("Without"));
    EXPECT_EQ(world.catalogue.categories(), (std::vector<Facet::Value>{{"coffee", 1}, {"tea", 2}}));
}

// What the counts and filters must be, said as plainly as it can be.
class Plain {
  public:
    Plain(const std::vector<ProductPtr>& products, Filters filters)
        : products_(products), filters_(std::move(filters)) {}

    std::int64_t total() const {
        return count({}, [](const auto&, const auto&) { return true; });
    }
    std::int64_t with_brand(const std::string& brand) const {
        return count("brand", [&](const Product& one, const auto&) { return one.brand == brand; });
    }
    std::int64_t with_colour(const std::string& colour) const {
        return count("colour", [&](const Product& one, const Variant& form) {
            const auto attribute = one.attributes.find("colour");
            const auto option = form.options.find("colour");
            return (attribute != one.attributes.end() && value_text(attribute->second) == colour) ||
                   (option != form.options.end() && option->second == colour);
        });
    }

  private:
    template <class Condition>
    std::int64_t count(const std::string& without, Condition condition) const {
        return std::ranges::count_if(products_, [&](const ProductPtr& one) {
            auto forms = one->variants;
            if (forms.empty()) {
                forms.push_back(variant(one->sku, {}, one->price.amount, one->stock));
            }
            return std::ranges::any_of(forms, [&](const Variant& form) {
                return passes(*one, form, without) && condition(*one, form);
            });
        });
    }
    bool passes(const Product& one, const Variant& form, const std::string& without) const {
        const auto holds = [](const Names& values, const std::string& value) {
            return std::ranges::find(values, value) != values.end();
        };
        if (without != "brand" && !filters_.brands.empty() &&
            !holds(filters_.brands, one.brand.value_or("none"))) {
            return false;
        }
        if ((filters_.price_min && form.price.amount < *filters_.price_min) ||
            (filters_.price_max && form.price.amount > *filters_.price_max) ||
            (filters_.in_stock && form.stock == 0)) {
            return false;
        }
        return std::ranges::all_of(filters_.attributes, [&](const Filters::Attribute& filter) {
            const auto attribute = one.attributes.find(filter.name);
            const auto option = form.options.find(filter.name);
            return filter.name == without ||
                   (attribute != one.attributes.end() &&
                    holds(filter.values, value_text(attribute->second))) ||
                   (option != form.options.end() && holds(filter.values, option->second));
        });
    }

    const std::vector<ProductPtr>& products_;
    Filters filters_;
};

std::int64_t count_of(const Facet& facet, const std::string& value) {
    const auto found = std::ranges::find(facet.values, value, &Facet::Value::value);
    return found == facet.values.end() ? 0 : found->count;
}

TEST(Catalogue, counts_exactly_what_plain_counting_gives) {
    std::mt19937 random{42};
    const auto pick = [&](const Names& from) { return from[random() % from.size()]; };
    const Names colours{"red", "blue", "green", "true"};
    const Names sizes{"S", "M", "L"};
    const Names brands{"Acme", "Birch", "Cedar"};
    World world;
    std::vector<ProductPtr> products;
    for (int i = 0; i < 300; ++i) {
        Product one = product("Thing " + std::to_string(i), static_cast<int>(random() % 20) * 100,
                              static_cast<int>(random() % 2));
        if (random() % 4 != 0) {
            one.brand = pick(brands);
        }
        if (random() % 3 == 0) {
            one.attributes["colour"] = pick(colours);
        }
        for (std::size_t form = random() % 4; form > 0; --form) {
            one.variants.push_back(variant(
                one.sku + std::to_string(form), {{"colour", pick(colours)}, {"size", pick(sizes)}},
                static_cast<int>(random() % 20) * 100, static_cast<int>(random() % 2)));
        }
        products.push_back(world.put(one));
    }
    for (int round = 0; round < 200; ++round) {
        Filters filters{.in_stock = random() % 2 == 0};
        if (random() % 2 == 0) {
            filters.brands = {pick(brands), pick(brands)};
        }
        if (random() % 2 == 0) {
            filters.price_max = static_cast<int>(random() % 20) * 100;
        }
        if (random() % 2 == 0) {
            filters.price_min = static_cast<int>(random() % 10) * 100;
        }
        if (random() % 2 == 0) {
            filters.attributes.push_back(
                {.name = "colour", .values = {pick(colours)}, .min = {}, .max = {}});
        }
        if (random() % 2 == 0) {
            filters.attributes.push_back(
                {.name = "size", .values = {pick(sizes), pick(sizes)}, .min = {}, .max = {}});
        }
        const Found found =
            world.catalogue.search({.filters = filters, .facets = {"brand", "attributes.colour"}});
        const Plain plain{products, filters};
        ASSERT_EQ(static_cast<std::int64_t>(found.total), plain.total());
        for (const std::string& brand : brands) {
            ASSERT_EQ(count_of(found.facets[0], brand), plain.with_brand(brand));
        }
        for (const std::string& colour : colours) {
            ASSERT_EQ(count_of(found.facets[1], colour), plain.with_colour(colour));
        }
    }
}

TEST(PriceRanges, hold_every_price_once_between_round_numbers) {
    EXPECT_TRUE(price_ranges({}).empty());
    EXPECT_EQ(price_ranges({0}), (std::vector<Facet::Range>{{0, 1, 1}}));
    std::mt19937 random{7};
    for (int round = 0; round < 200; ++round) {
        std::vector<std::int64_t> prices(1 + random() % 500);
        for (std::int64_t& price : prices) {
            price = static_cast<std::int64_t>(random() % (round % 2 == 0 ? 30 : 200'000));
        }
        std::ranges::sort(prices);
        const auto ranges = price_ranges(prices);
        EXPECT_LE(ranges.size(), facet_ranges_max);
        std::int64_t counted = 0;
        std::int64_t before = 0;
        for (const Facet::Range& range : ranges) {
            EXPECT_LE(before, range.min);
            EXPECT_LT(range.min, range.max);
            before = range.max;
            counted += range.count;
        }
        EXPECT_EQ(counted, static_cast<std::int64_t>(prices.size()));
    }
}

}  // namespace
}  // namespace loquat::product
