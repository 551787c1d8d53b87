#include "services/product/search/filters.hpp"

#include <algorithm>

namespace loquat::product {
namespace {

constexpr unsigned first_attribute_bit = 4;

std::vector<Interned::Key> keys_of(const std::vector<std::string>& written, const Interned& texts) {
    std::vector<Interned::Key> keys;
    for (const std::string& text : written) {
        if (const auto key = texts.find(text)) {
            keys.push_back(*key);
        }
    }
    return keys;
}

bool holds(const std::vector<Interned::Key>& keys, std::optional<Interned::Key> key) {
    return key && std::ranges::find(keys, *key) != keys.end();
}

}  // namespace

FilterTest::FilterTest(const Filters& filters, const Interned& texts)
    : filters_(filters),
      categories_(keys_of(filters.categories, texts)),
      brands_(keys_of(filters.brands, texts)) {
    for (const Filters::Attribute& one : filters.attributes) {
        const auto at = first_attribute_bit + static_cast<unsigned>(attributes_.size());
        attributes_.push_back({.written = one.name,
                               .name = texts.find(one.name),
                               .values = keys_of(one.values, texts),
                               .has_values = !one.values.empty(),
                               .min = one.min,
                               .max = one.max,
                               .bit = 1U << at});
    }
}

Misses FilterTest::bit_of(std::string_view attribute) const {
    const auto found = std::ranges::find(attributes_, attribute, &Attribute::written);
    return found == attributes_.end() ? 0 : found->bit;
}

bool FilterTest::Outcome::passes(Misses without) const {
    return (product & ~without) == 0 &&
           std::ranges::any_of(forms, [=](Misses form) { return (form & ~without) == 0; });
}

bool FilterTest::fits(const Attribute& filter, const Row::Attribute& attribute) {
    if (filter.has_values && !holds(filter.values, attribute.value)) {
        return false;
    }
    if (!filter.min && !filter.max) {
        return true;
    }
    return attribute.number && (!filter.min || *attribute.number >= *filter.min) &&
           (!filter.max || *attribute.number <= *filter.max);
}

bool FilterTest::is_open() const {
    return filters_.categories.empty() && filters_.brands.empty() && !filters_.price_min &&
           !filters_.price_max && !filters_.in_stock && filters_.attributes.empty();
}

void FilterTest::test(const Row& row, Outcome& out) const {
    out.product = 0;
    out.forms.assign(row.forms.size(), 0);
    if (!filters_.categories.empty() && !holds(categories_, row.category)) {
        out.product |= category;
    }
    if (!filters_.brands.empty() && !holds(brands_, row.brand)) {
        out.product |= brand;
    }
    for (std::size_t i = 0; i < row.forms.size(); ++i) {
        const Row::Form& form = row.forms[i];
        const bool is_cheap = filters_.price_min && form.price < *filters_.price_min;
        const bool is_dear = filters_.price_max && form.price > *filters_.price_max;
        out.forms[i] |= is_cheap || is_dear ? price : 0;
        out.forms[i] |= filters_.in_stock && form.stock <= 0 ? stock : 0;
    }
    for (const Attribute& filter : attributes_) {
        const auto is_met_by = [&filter](const Row::Attribute& attribute) {
            return attribute.name == filter.name && fits(filter, attribute);
        };
        if (std::ranges::any_of(row.attributes, is_met_by)) {
            continue;
        }
        for (std::size_t i = 0; i < row.forms.size(); ++i) {
            if (!std::ranges::any_of(row.forms[i].options, is_met_by)) {
                out.forms[i] |= filter.bit;
            }
        }
    }
}

}  // namespace loquat::product
