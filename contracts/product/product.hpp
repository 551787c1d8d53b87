#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "contracts/shop/money.hpp"

// What is sold.
namespace loquat::contracts {

using ProductId = Id<struct ProductTag>;
using VariantId = Id<struct VariantTag>;

// One of several forms of a product, told apart by its options.
struct Variant {
    VariantId id;
    std::string sku;
    std::map<std::string, std::string> options;  // colour: red
    Price price;
    std::int64_t stock = 0;

    friend bool operator==(const Variant&, const Variant&) = default;
};
BOOST_DESCRIBE_STRUCT(Variant, (), (id, sku, options, price, stock))

struct Product {
    ProductId id;
    ProductId product_id;  // the same
    std::string sku;
    std::optional<std::string> ean;
    std::string name;
    std::string description;
    std::optional<std::string> brand;
    std::optional<std::string> category;
    Price price;             // the lowest of the variants that are there, where there are variants
    std::int64_t stock = 0;  // what may be bought now; of all variants
    std::vector<std::string> images;
    std::map<std::string, wire::Value> attributes;
    std::map<std::string, std::vector<std::string>> options;  // of all variants, in their order
    std::vector<Variant> variants;
    std::optional<double> rating;
    std::optional<std::int64_t> tax_rate;  // the shop's
    std::int64_t version = 1;  // of what people wrote; stock that is sold does not count
    Time updated_at;

    static constexpr std::array<std::string_view, 5> nulls{"ean", "brand", "category", "rating",
                                                           "tax_rate"};
    static constexpr std::array fields{
        wire::Field{.name = "stock", .doc = "What may be bought now; of all variants."},
        wire::Field{.name = "tax_rate",
                    .doc = "In hundredths of a percent: 1900 is 19 %; null: the shop's."},
        wire::Field{.name = "version", .doc = "Counts changes; for If-Match."}};
};
BOOST_DESCRIBE_STRUCT(Product, (),
                      (id, product_id, sku, ean, name, description, brand, category, price, stock,
                       images, attributes, options, variants, rating, tax_rate, version,
                       updated_at))

// Of a product that is written: what it has not is told by its absence.
struct VariantInput {
    std::optional<VariantId> id;  // of one that is there already; else a new one
    std::string sku;
    std::map<std::string, std::string> options;
    std::optional<Price> price;  // the product's
    std::int64_t stock = 0;

    static constexpr std::array<std::string_view, 1> defaulted{"stock"};
    static constexpr std::array fields{
        wire::Field{"sku", 1, 255, "Of this variant alone."},
        wire::Field{"options", 1, 10, "What tells it apart: {\"colour\": \"red\"}."},
        wire::Field{"stock", 0, 1'000'000'000, ""}};
};
BOOST_DESCRIBE_STRUCT(VariantInput, (), (id, sku, options, price, stock))

struct ProductInput {
    std::string sku;
    std::optional<std::string> ean;
    std::string name;
    std::string description;
    std::optional<std::string> brand;
    std::optional<std::string> category;
    Price price;
    std::int64_t stock = 0;
    std::vector<std::string> images;
    std::map<std::string, wire::Value> attributes;
    std::vector<VariantInput> variants;
    std::optional<double> rating;
    std::optional<std::int64_t> tax_rate;

    static constexpr std::array<std::string_view, 5> defaulted{"description", "stock", "images",
                                                               "attributes", "variants"};
    static constexpr std::array fields{
        wire::Field{"sku", 1, 255, "Of this product alone, among those of variants too."},
        wire::Field{"ean", 0, 32, ""},
        wire::Field{"name", 1, 300, ""},
        wire::Field{"description", 0, 20'000, ""},
        wire::Field{"brand", 0, 100, ""},
        wire::Field{"category", 0, 200, ""},
        wire::Field{"stock", 0, 1'000'000'000, "Where there are no variants."},
        wire::Field{"images", 0, 50, "Addresses."},
        wire::Field{"attributes", 0, 300, "Texts, numbers, flags and lists of these by name."},
        wire::Field{"variants", 0, 500, ""},
        wire::Field{"rating", 0, 5, ""},
        wire::Field{"tax_rate", 0, 10'000,
                    "In hundredths of a percent: 1900 is 19 %; absent: the shop's."}};
};
BOOST_DESCRIBE_STRUCT(ProductInput, (),
                      (sku, ean, name, description, brand, category, price, stock, images,
                       attributes, variants, rating, tax_rate))

}  // namespace loquat::contracts
