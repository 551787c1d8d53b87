#pragma once
#include <array>
#include <cstdint>
#include <string>

#include "wire/describe.hpp"

namespace loquat::contracts {

// What a shop is: settings that several of its services read, as section `shop`.
struct ShopSettings {
    std::string currency = "USD";
    bool prices_include_tax = true;
    std::int64_t tax_rate = 0;

    static constexpr std::array fields{
        wire::Field{"currency", 3, 3, "Of sessions and coupons that name none; of ISO 4217."},
        wire::Field{.name = "prices_include_tax",
                    .doc = "Whether prices hold their tax; else it is added to them."},
        wire::Field{"tax_rate", 0, 10'000,
                    "Of products that have none of their own, in hundredths of a percent: 1900 is "
                    "19 %."}};
};
BOOST_DESCRIBE_STRUCT(ShopSettings, (), (currency, prices_include_tax, tax_rate))

}  // namespace loquat::contracts
