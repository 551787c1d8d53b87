#include "services/product/answers.hpp"

#include <cmath>

#include "services/product/domain/cursor.hpp"
#include "services/product/search/highlights.hpp"

namespace loquat::product {
namespace {

using contracts::ListProductsRequest;
using contracts::SearchProductsRequest;

Order to_order(const std::string& sort) {
    constexpr std::pair<std::string_view, Order> orders[] = {
        {"relevance", Order::relevance},     {"price", Order::price},
        {"-price", Order::price_descending}, {"rating", Order::rating},
        {"newest", Order::newest},
    };
    for (const auto& [name, order] : orders) {
        if (name == sort) {
            return order;
        }
    }
    throw invalid_field("sort", "unknown", "must be relevance, price, -price, rating or newest");
}

std::optional<double> bound_of(const std::string& field, const wire::Value& value,
                               std::string_view name) {
    const wire::Value* bound = value.find(name);
    if (bound == nullptr || bound->is_null()) {
        return std::nullopt;
    }
    if (!bound->is_number()) {
        throw invalid_field(field + "." + std::string{name}, "type", "must be a number");
    }
    return std::visit(
        [](const auto& number) -> double {
            if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(number)>>) {
                return static_cast<double>(number);
            } else {
                return 0;
            }
        },
        bound->any());
}

Filters::Attribute to_attribute(const std::string& name, const wire::Value& value) {
    const std::string field = "filters.attributes." + name;
    Filters::Attribute filter{.name = name, .values = {}, .min = {}, .max = {}};
    if (const wire::Array* values = value.if_array()) {
        for (const wire::Value& one : *values) {
            if (one.if_array() != nullptr || one.if_object() != nullptr || one.is_null()) {
                throw invalid_field(field, "type", "must hold texts, numbers and flags");
            }
            filter.values.push_back(value_text(one));
        }
    } else if (value.if_object() != nullptr) {
        filter.min = bound_of(field, value, "min");
        filter.max = bound_of(field, value, "max");
    } else {
        throw invalid_field(field, "type", "must be a list of values, or have min and max");
    }
    return filter;
}

// What tells one search from another: all but where and how much of it.
std::string name_of(SearchProductsRequest request) {
    request.cursor.reset();
    request.limit = 1;
    request.facets.clear();
    return "search " + wire::encode(request);
}

std::string name_of(const ListProductsRequest& request) {
    return "list " + wire::encode(ListProductsRequest{
                         .category = request.category, .brand = request.brand, .limit = 1});
}

wire::Value to_value(const Facet& facet) {
    wire::Array items;
    for (const Facet::Value& value : facet.values) {
        items.emplace_back(wire::Object{{"value", value.value}, {"count", value.count}});
    }
    for (const Facet::Range& range : facet.ranges) {
        items.emplace_back(
            wire::Object{{"min", range.min}, {"max", range.max}, {"count", range.count}});
    }
    return items;
}

}  // namespace

embedding::Vector to_vector(const contracts::VectorSearchRequest& request) {
    if (!request.embedding) {
        if (!request.query) {
            throw invalid_field("query", "required", "is required where there is no embedding");
        }
        return embedding::embed(*request.query);
    }
    double squares = 0;
    for (const double number : *request.embedding) {
        squares += number * number;
    }
    const double length = squares > 0 ? std::sqrt(squares) : 1;
    embedding::Vector vector{};
    for (std::size_t i = 0; i < vector.size(); ++i) {
        vector[i] = static_cast<float>(request.embedding->at(i) / length);
    }
    return vector;
}

Filters to_filters(const contracts::ProductFilters& wanted) {
    Filters filters{.categories = wanted.category,
                    .brands = wanted.brand,
                    .price_min = {},
                    .price_max = {},
                    .in_stock = wanted.in_stock,
                    .attributes = {}};
    if (wanted.price) {
        filters.price_min = wanted.price->min;
        filters.price_max = wanted.price->max;
    }
    for (const auto& [name, value] : wanted.attributes) {
        filters.attributes.push_back(to_attribute(name, value));
    }
    return filters;
}

Search to_search(const SearchProductsRequest& request) {
    for (std::size_t i = 0; i < request.facets.size(); ++i) {
        if (!is_facet(request.facets[i])) {
            throw invalid_field("facets[" + std::to_string(i) + "]", "unknown",
                                "must be brand, category, price or attributes.NAME");
        }
    }
    Search search{.question = request.query,
                  .correct = request.correct,
                  .filters = {},
                  .order = to_order(request.sort),
                  .facets = request.facets,
                  .limit = static_cast<std::size_t>(request.limit),
                  .after = {}};
    if (request.filters) {
        search.filters = to_filters(*request.filters);
    }
    if (request.cursor) {
        const Cursor cursor = read_cursor(*request.cursor, name_of(request));
        search.after = Mark{.value = cursor.value, .id = cursor.id};
    }
    return search;
}

contracts::FoundProducts to_answer(const SearchProductsRequest& request, Found found) {
    contracts::FoundProducts answer;
    for (Found::Item& item : found.items) {
        answer.items.push_back({.product = *item.product,
                                .variant_id = item.variant,
                                .score = item.score,
                                .highlights = highlights_of(*item.product, found.words)});
    }
    answer.total = static_cast<std::int64_t>(found.total);
    for (const Facet& facet : found.facets) {
        answer.facets[facet.name] = to_value(facet);
    }
    answer.corrected = std::move(found.corrected);
    if (found.next) {
        answer.next_cursor = write_cursor({found.next->value, found.next->id}, name_of(request));
    }
    return answer;
}

Browse to_browse(const ListProductsRequest& request) {
    Browse browse{.category = request.category,
                  .brand = request.brand,
                  .after = {},
                  .limit = static_cast<std::size_t>(request.limit)};
    if (request.cursor) {
        browse.after = read_cursor(*request.cursor, name_of(request)).id;
    }
    return browse;
}

contracts::Page<contracts::Product> to_answer(const ListProductsRequest& request,
                                              const Browsed& browsed) {
    contracts::Page<contracts::Product> page;
    for (const ProductPtr& product : browsed.items) {
        page.items.push_back(*product);
    }
    if (browsed.has_more) {
        page.next_cursor = write_cursor({0, browsed.items.back()->id}, name_of(request));
    }
    return page;
}

contracts::Reply<contracts::Product> to_reply(const contracts::Product& product, int status) {
    return {.body = product,
            .status = status,
            .headers = {{"ETag", '"' + std::to_string(product.version) + '"'}}};
}

}  // namespace loquat::product
