#pragma once
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "services/product/search/filters.hpp"

namespace loquat::product {

// What the hits have, and how many of them: brand, category, price, attributes.NAME.
struct Facet {
    struct Value {
        std::string value;
        std::int64_t count = 0;

        friend bool operator==(const Value&, const Value&) = default;
    };
    struct Range {
        std::int64_t min = 0;  // minor units
        std::int64_t max = 0;  // exclusive
        std::int64_t count = 0;

        friend bool operator==(const Range&, const Range&) = default;
    };
    std::string name;
    std::vector<Value> values;  // by count, then value; the first `facet_values_max`
    std::vector<Range> ranges;  // of price alone, ascending; at most `facet_ranges_max`
};
constexpr std::size_t facet_values_max = 100;
constexpr std::size_t facet_ranges_max = 8;
constexpr std::size_t facets_max = 20;

// Whether a facet can be asked for by this name.
bool is_facet(std::string_view name);

// Counts each hit once for each value that it has. A facet leaves out its own filter: one sees what
// else one could choose.
class FacetCounts {
  public:
    FacetCounts(const std::vector<std::string>& names, const FilterTest& filters,
                const Interned& texts);

    void count(const Row& row, const FilterTest::Outcome& outcome);
    std::vector<Facet> take();

  private:
    enum class Kind { category, brand, price, attribute };
    struct Counting {
        std::string name;
        Kind kind = Kind::attribute;
        std::optional<Interned::Key> attribute;
        Misses own = 0;
        std::unordered_map<Interned::Key, std::int64_t> counts;
        std::vector<std::int64_t> prices;
    };
    void count_attribute(Counting& facet, const Row& row, const FilterTest::Outcome& outcome);
    static void count_price(Counting& facet, const Row& row, const FilterTest::Outcome& outcome);

    const Interned& texts_;
    std::vector<Counting> facets_;
    std::vector<Interned::Key> seen_;  // of one row
};

// Bounds between which the prices lie about evenly, at round numbers; `prices` is sorted.
std::vector<Facet::Range> price_ranges(const std::vector<std::int64_t>& prices);

}  // namespace loquat::product
