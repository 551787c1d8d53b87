#include "contracts/shop/money.hpp"

namespace loquat::contracts {

Price to_price(const Money& money) {
    return {.amount = money.amount,
            .currency = std::string{money.currency.code()},
            .text = to_text(money)};
}

}  // namespace loquat::contracts
