#pragma once
#include "contracts/core/route.hpp"
#include "contracts/product/product.hpp"

// How products are searched.
namespace loquat::contracts {

struct ValueCount {
    std::string value;
    std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(ValueCount, (), (value, count))

struct PriceLimits {
    std::optional<std::int64_t> min;  // minor units, inclusive
    std::optional<std::int64_t> max;
};
BOOST_DESCRIBE_STRUCT(PriceLimits, (), (min, max))

struct ProductFilters {
    std::vector<std::string> category;
    std::vector<std::string> brand;
    std::optional<PriceLimits> price;
    bool in_stock = false;
    std::map<std::string, wire::Value> attributes;

    static constexpr std::array<std::string_view, 4> defaulted{"category", "brand", "in_stock",
                                                               "attributes"};
    static constexpr std::array fields{
        wire::Field{"category", 0, 100, "Any of these."},
        wire::Field{"brand", 0, 100, "Any of these."},
        wire::Field{"attributes", 0, 20,
                    "By name a list of values, of which any does, or {\"min\", \"max\"}."}};
};
BOOST_DESCRIBE_STRUCT(ProductFilters, (), (category, brand, price, in_stock, attributes))

struct SearchProductsRequest {
    std::string query;
    bool correct = true;
    std::optional<ProductFilters> filters;
    std::string sort = "relevance";
    std::vector<std::string> facets;
    std::int32_t limit = 50;
    std::optional<std::string> cursor;

    static constexpr std::array<std::string_view, 5> defaulted{"query", "correct", "sort", "facets",
                                                               "limit"};
    static constexpr std::array fields{
        wire::Field{"query", 0, 500, "Empty: all products."},
        wire::Field{.name = "correct", .doc = "False: what is misspelt finds nothing."},
        wire::Field{.name = "sort", .doc = "relevance, price, -price, rating or newest."},
        wire::Field{"facets", 0, 20, "brand, category, price, attributes.NAME."},
        wire::Field{"limit", 1, 200, ""},
        cursor_field};
};
BOOST_DESCRIBE_STRUCT(SearchProductsRequest, (),
                      (query, correct, filters, sort, facets, limit, cursor))

// A place in a text of the product; in code points.
struct Highlight {
    std::string field;
    std::int64_t start = 0;
    std::int64_t length = 0;
};
BOOST_DESCRIBE_STRUCT(Highlight, (), (field, start, length))

struct ProductHit {
    Product product;
    std::optional<VariantId> variant_id;  // the first that passes the filters
    double score = 0;
    std::vector<Highlight> highlights;

    static constexpr std::array<std::string_view, 1> nulls{"variant_id"};
};
BOOST_DESCRIBE_STRUCT(ProductHit, (), (product, variant_id, score, highlights))

struct FoundProducts {
    std::vector<ProductHit> items;
    std::int64_t total = 0;
    // By name: a list of {"value", "count"}, of price {"min", "max", "count"}.
    std::map<std::string, wire::Value> facets;
    std::optional<std::string> corrected;
    std::optional<std::string> next_cursor;

    static constexpr std::array<std::string_view, 2> nulls{"corrected", "next_cursor"};
    static constexpr std::array fields{
        wire::Field{.name = "corrected", .doc = "What was searched instead."}};
};
BOOST_DESCRIBE_STRUCT(FoundProducts, (), (items, total, facets, corrected, next_cursor))

// A question by meaning: a vector, or the text that it is made of.
struct VectorSearchRequest {
    std::optional<std::vector<double>> embedding;
    std::optional<std::string> query;
    std::int32_t limit = 50;
    std::optional<ProductFilters> filters;

    static constexpr std::array<std::string_view, 1> defaulted{"limit"};
    static constexpr std::array fields{wire::Field{"embedding", 256, 256, "256 numbers."},
                                       wire::Field{"query", 1, 500, "Where there is no vector."},
                                       wire::Field{"limit", 1, 200, ""}};
};
BOOST_DESCRIBE_STRUCT(VectorSearchRequest, (), (embedding, query, limit, filters))

struct SuggestRequest {
    std::string q;
    std::int32_t limit = 8;

    static constexpr std::array<std::string_view, 1> defaulted{"limit"};
    static constexpr std::array fields{wire::Field{"q", 1, 100, "What was typed so far."},
                                       wire::Field{"limit", 1, 50, ""}};
};
BOOST_DESCRIBE_STRUCT(SuggestRequest, (), (q, limit))

enum class SuggestionKind { product, category, query };
BOOST_DESCRIBE_ENUM(SuggestionKind, product, category, query)

struct Suggestion {
    SuggestionKind kind = SuggestionKind::query;
    std::string text;
    std::optional<ProductId> product_id;  // of a product

    static constexpr std::array<std::string_view, 1> nulls{"product_id"};
};
BOOST_DESCRIBE_STRUCT(Suggestion, (), (kind, text, product_id))

}  // namespace loquat::contracts
