#include <gtest/gtest.h>

#include <map>
#include <set>

#include "services/session/domain/checkout.hpp"
#include "wire/codec.hpp"

namespace loquat::session {
namespace {

template <class Enum>
std::vector<Enum> all_of() {
    std::vector<Enum> all;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<Enum>>(
        [&all](auto entry) { all.push_back(entry.value); });
    return all;
}

TEST(CheckoutTable, has_an_answer_for_every_state_and_event) {
    using enum CheckoutState;
    using enum CheckoutEvent;
    const std::map<std::pair<CheckoutState, CheckoutEvent>, CheckoutState> wanted{
        {{begun, cart_held}, held},          {{held, stock_reserved}, reserved},
        {{reserved, payment_taken}, paid},   {{paid, order_settled}, done},
        {{begun, turned_down}, refusing},    {{held, turned_down}, refusing},
        {{reserved, turned_down}, refusing}, {{refusing, given_back}, refused}};
    for (const auto state : all_of<CheckoutState>()) {
        for (const auto event : all_of<CheckoutEvent>()) {
            const auto found = wanted.find({state, event});
            const auto next = after(state, event);

            EXPECT_EQ(next.has_value(), found != wanted.end())
                << wire::enum_name(state) << " " << wire::enum_name(event);
            if (next && found != wanted.end()) {
                EXPECT_EQ(*next, found->second);
            }
        }
    }
}

TEST(CheckoutTable, leads_from_every_state_to_an_end_and_never_back) {
    for (const auto state : all_of<CheckoutState>()) {
        std::set<CheckoutState> reached{state};
        std::vector<CheckoutState> open{state};
        bool ends = is_over(state);
        while (!open.empty()) {
            const CheckoutState from = open.back();
            open.pop_back();
            for (const auto event : all_of<CheckoutEvent>()) {
                const auto next = after(from, event);
                if (!next) {
                    continue;
                }
                ends = ends || is_over(*next);
                EXPECT_NE(*next, state) << "a circle";
                EXPECT_TRUE(!has_order(from) || has_order(*next)) << "an order that is taken back";
                if (reached.insert(*next).second) {
                    open.push_back(*next);
                }
            }
        }
        EXPECT_TRUE(ends) << wire::enum_name(state);
    }
}

}  // namespace
}  // namespace loquat::session
