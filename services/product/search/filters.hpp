#pragma once
#include <optional>
#include <string>
#include <vector>

#include "services/product/search/rows.hpp"

namespace loquat::product {

// What of the hits is wanted. The values of one filter are alternatives; filters hold together. An
// empty list filters nothing.
struct Filters {
    struct Attribute {
        std::string name;  // of an attribute, or of an option of variants
        std::vector<std::string> values;
        std::optional<double> min;  // inclusive, as max
        std::optional<double> max;
    };
    std::vector<std::string> categories;
    std::vector<std::string> brands;
    std::optional<std::int64_t> price_min;  // minor units, inclusive
    std::optional<std::int64_t> price_max;
    bool in_stock = false;
    std::vector<Attribute> attributes;  // at most `attribute_filters_max`
};
constexpr std::size_t attribute_filters_max = 20;

// Which of the filters a row does not pass, as bits.
using Misses = std::uint32_t;

// Filters with their texts as numbers, for the rows of one catalogue. Values that nothing has are
// passed by nothing.
class FilterTest {
  public:
    FilterTest(const Filters& filters, const Interned& texts);

    static constexpr Misses category = 1U << 0U;
    static constexpr Misses brand = 1U << 1U;
    static constexpr Misses price = 1U << 2U;
    static constexpr Misses stock = 1U << 3U;
    // Of the attribute of that name; 0 where no filter is for it.
    Misses bit_of(std::string_view attribute) const;

    // What the product misses in every form, and what each form misses besides: filters of options,
    // price and stock are for one form together.
    struct Outcome {
        Misses product = 0;
        std::vector<Misses> forms;

        // But for the filters `without`: whether there is a form that passes all.
        bool passes(Misses without = 0) const;
        bool form_passes(std::size_t form, Misses without = 0) const {
            return ((product | forms[form]) & ~without) == 0;
        }
    };
    // Whether every row passes.
    bool is_open() const;
    // In `out`, for its memory.
    void test(const Row& row, Outcome& out) const;

  private:
    struct Attribute {
        std::string written;
        std::optional<Interned::Key> name;
        std::vector<Interned::Key> values;
        bool has_values = false;
        std::optional<double> min;
        std::optional<double> max;
        Misses bit = 0;
    };
    static bool fits(const Attribute& filter, const Row::Attribute& attribute);

    const Filters& filters_;
    std::vector<Interned::Key> categories_;
    std::vector<Interned::Key> brands_;
    std::vector<Attribute> attributes_;
};

}  // namespace loquat::product
