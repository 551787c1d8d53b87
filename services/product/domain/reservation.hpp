#pragma once
#include <vector>

#include "base/failure.hpp"
#include "contracts/product/stock.hpp"
#include "services/product/domain/record.hpp"

namespace loquat::product {

// What somebody wants of one form of a product; nil: of the product itself.
struct Wanted {
    contracts::ProductId product;
    contracts::VariantId variant;
    std::int64_t quantity = 0;

    friend bool operator==(const Wanted&, const Wanted&) = default;
};

// Lines of the same form together, in the order of products and variants: that in which several who
// want the same take turns.
std::vector<Wanted> together(const std::vector<contracts::StockLine>& lines);

// A line that cannot be had, as the log lists it.
struct Lack {
    contracts::ProductId product_id;
    std::optional<contracts::VariantId> variant_id;
    std::int64_t quantity = 0;
    std::int64_t available = 0;

    static constexpr std::array<std::string_view, 1> nulls{"variant_id"};
};
BOOST_DESCRIBE_STRUCT(Lack, (), (product_id, variant_id, quantity, available))

// Whether it can be had of these forms; none: it can.  Forms that are not there have none.
std::optional<Lack> find_lack(const Wanted& wanted, const std::vector<FormStock>& forms);

// 409: `product.unavailable` where a product or the form is not sold any more, else
// `product.out_of_stock`.
enum class Lacking { stock, product };
Failure lack_failure(Lacking lacking, const std::vector<Lack>& lines);

// What ends a reservation, and how it then stands; throws 409 where that cannot be:
// `stock.reservation_over`, `stock.already_taken`.
enum class StockStep { reserve, take, release, give_back };
enum class StockEffect {
    nothing,    // it was done before
    take_held,  // counted and held become less
    take_left,  // its time ran out: what is left becomes less, if there is enough
    free_held,  // held becomes less
    give_back,  // counted becomes more
};
StockEffect effect_of(StockStep step, contracts::ReservationState state);

}  // namespace loquat::product
