#include "services/product/domain/reservation.hpp"

#include <algorithm>
#include <map>

#include "wire/failure_value.hpp"

namespace loquat::product {
namespace {

using contracts::ReservationState;

Failure is_over() {
    return {Kind::conflict, "stock.reservation_over", "What was held has been given back."};
}

}  // namespace

std::vector<Wanted> together(const std::vector<contracts::StockLine>& lines) {
    std::map<std::pair<contracts::ProductId, contracts::VariantId>, std::int64_t> sums;
    for (const contracts::StockLine& line : lines) {
        sums[{line.product_id, line.variant_id.value_or(contracts::VariantId{})}] += line.quantity;
    }
    std::vector<Wanted> all;
    for (const auto& [form, quantity] : sums) {
        all.push_back({form.first, form.second, quantity});
    }
    return all;
}

std::optional<Lack> find_lack(const Wanted& wanted, const std::vector<FormStock>& forms) {
    const auto form = std::ranges::find(forms, wanted.variant, &FormStock::variant);
    const std::int64_t left = form == forms.end() ? 0 : form->left();
    if (left >= wanted.quantity) {
        return std::nullopt;
    }
    return Lack{
        .product_id = wanted.product,
        .variant_id = wanted.variant.is_nil() ? std::nullopt : std::optional{wanted.variant},
        .quantity = wanted.quantity,
        .available = std::max<std::int64_t>(left, 0)};
}

Failure lack_failure(Lacking lacking, const std::vector<Lack>& lines) {
    Failure failure =
        lacking == Lacking::product
            ? Failure{Kind::conflict, "product.unavailable", "A product is not sold any more."}
            : Failure{Kind::conflict, "product.out_of_stock", "There is not enough of a product."};
    wire::add_value(failure, "lines", lines);
    return failure;
}

StockEffect effect_of(StockStep step, ReservationState state) {
    switch (step) {
        case StockStep::reserve:
            if (state == ReservationState::held || state == ReservationState::taken) {
                return StockEffect::nothing;
            }
            throw is_over();
        case StockStep::take:
            switch (state) {
                case ReservationState::held:
                    return StockEffect::take_held;
                case ReservationState::expired:
                    return StockEffect::take_left;
                case ReservationState::taken:
                    return StockEffect::nothing;
                default:
                    throw is_over();
            }
        case StockStep::release:
            if (state == ReservationState::taken) {
                throw Failure{Kind::conflict, "stock.already_taken", "It is sold: return it."};
            }
            return state == ReservationState::held ? StockEffect::free_held : StockEffect::nothing;
        case StockStep::give_back:
            return state == ReservationState::taken  ? StockEffect::give_back
                   : state == ReservationState::held ? StockEffect::free_held
                                                     : StockEffect::nothing;
    }
    return StockEffect::nothing;
}

}  // namespace loquat::product
