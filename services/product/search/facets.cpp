#include "services/product/search/facets.hpp"

#include <algorithm>

namespace loquat::product {
namespace {

constexpr std::string_view attribute_prefix = "attributes.";

// The largest of 1, 2, 5, 10, 20, 50 ... that is not above `size`.
std::int64_t round_step(std::int64_t size) {
    std::int64_t power = 1;
    while (power <= size / 10) {
        power *= 10;
    }
    return size >= power * 5 ? power * 5 : size >= power * 2 ? power * 2 : power;
}

}  // namespace

bool is_facet(std::string_view name) {
    return name == "brand" || name == "category" || name == "price" ||
           (name.starts_with(attribute_prefix) && name.size() > attribute_prefix.size());
}

FacetCounts::FacetCounts(const std::vector<std::string>& names, const FilterTest& filters,
                         const Interned& texts)
    : texts_(texts) {
    for (const std::string& name : names) {
        Counting facet{.name = name};
        if (name == "category") {
            facet.kind = Kind::category;
            facet.own = FilterTest::category;
        } else if (name == "brand") {
            facet.kind = Kind::brand;
            facet.own = FilterTest::brand;
        } else if (name == "price") {
            facet.kind = Kind::price;
            facet.own = FilterTest::price;
        } else {
            const std::string_view attribute =
                std::string_view{name}.substr(attribute_prefix.size());
            facet.attribute = texts.find(attribute);
            facet.own = filters.bit_of(attribute);
        }
        facets_.push_back(std::move(facet));
    }
}

void FacetCounts::count(const Row& row, const FilterTest::Outcome& outcome) {
    for (Counting& facet : facets_) {
        if (!outcome.passes(facet.own)) {
            continue;
        }
        if (facet.kind == Kind::price) {
            count_price(facet, row, outcome);
        } else if (facet.kind == Kind::attribute) {
            count_attribute(facet, row, outcome);
        } else if (const auto key = facet.kind == Kind::brand ? row.brand : row.category) {
            ++facet.counts[*key];
        }
    }
}

// The lowest at which it can be had.
void FacetCounts::count_price(Counting& facet, const Row& row, const FilterTest::Outcome& outcome) {
    std::optional<std::int64_t> lowest;
    for (std::size_t i = 0; i < row.forms.size(); ++i) {
        if (outcome.form_passes(i, facet.own)) {
            lowest = std::min(lowest.value_or(row.forms[i].price), row.forms[i].price);
        }
    }
    if (lowest) {
        facet.prices.push_back(*lowest);
    }
}

void FacetCounts::count_attribute(Counting& facet, const Row& row,
                                  const FilterTest::Outcome& outcome) {
    seen_.clear();
    const auto see = [&](const Row::Attribute& attribute) {
        if (attribute.name == facet.attribute &&
            std::ranges::find(seen_, attribute.value) == seen_.end()) {
            seen_.push_back(attribute.value);
        }
    };
    std::ranges::for_each(row.attributes, see);
    for (std::size_t i = 0; i < row.forms.size(); ++i) {
        if (outcome.form_passes(i, facet.own)) {
            std::ranges::for_each(row.forms[i].options, see);
        }
    }
    for (const Interned::Key value : seen_) {
        ++facet.counts[value];
    }
}

std::vector<Facet> FacetCounts::take() {
    std::vector<Facet> facets;
    for (Counting& counting : facets_) {
        Facet facet{.name = std::move(counting.name), .values = {}, .ranges = {}};
        for (const auto& [key, count] : counting.counts) {
            facet.values.push_back({texts_.text(key), count});
        }
        std::ranges::sort(facet.values, [](const auto& one, const auto& other) {
            return one.count != other.count ? one.count > other.count : one.value < other.value;
        });
        facet.values.resize(std::min(facet.values.size(), facet_values_max));
        if (counting.kind == Kind::price) {
            std::ranges::sort(counting.prices);
            facet.ranges = price_ranges(counting.prices);
        }
        facets.push_back(std::move(facet));
    }
    return facets;
}

std::vector<Facet::Range> price_ranges(const std::vector<std::int64_t>& prices) {
    if (prices.empty()) {
        return {};
    }
    std::vector<std::int64_t> bounds{0};
    for (std::size_t i = 1; i < facet_ranges_max; ++i) {
        const std::int64_t price = prices[prices.size() * i / facet_ranges_max];
        const std::int64_t step = round_step(std::max<std::int64_t>(price / 4, 1));
        const std::int64_t bound = (price + step / 2) / step * step;
        if (bound > bounds.back()) {
            bounds.push_back(bound);
        }
    }
    const std::int64_t step = round_step(std::max<std::int64_t>(prices.back() / 4, 1));
    bounds.push_back(std::max(prices.back() / step * step + step, bounds.back() + 1));
    std::vector<Facet::Range> ranges;
    for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
        const auto begin = std::ranges::lower_bound(prices, bounds[i]);
        const auto end = std::ranges::lower_bound(prices, bounds[i + 1]);
        if (begin != end) {
            ranges.push_back({bounds[i], bounds[i + 1], end - begin});
        }
    }
    return ranges;
}

}  // namespace loquat::product
