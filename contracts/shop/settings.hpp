#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <string>

#include "wire/describe.hpp"

namespace loquat::contracts {

// What a shop is: settings that several of its services read, as section
// `shop`.
struct ShopSettings {
    std::string currency = "USD";
    bool prices_include_tax = true;
    std::int64_t tax_rate = 0;
    std::chrono::seconds session_seconds{30 * 86'400};
    std::chrono::seconds abandon_seconds{1800};
    std::chrono::seconds reservation_seconds{600};
    std::chrono::seconds cancel_seconds{1800};
    bool demo = false;

    static constexpr std::array fields{
        wire::Field{"currency", 3, 3, "Of sessions and coupons that name none; of ISO 4217."},
        wire::Field{.name = "prices_include_tax",
                    .doc = "Whether prices hold their tax; else it is added to them."},
        wire::Field{"tax_rate", 0, 10'000,
                    "Of products that have none of their own, in hundredths of a "
                    "percent: 1900 is "
                    "19 %."},
        wire::Field{"session_seconds", 60, 31'536'000, "A shopping session ends after so long."},
        wire::Field{"abandon_seconds", 60, 31'536'000,
                    "A cart with something in it that is left alone for so long "
                    "is abandoned."},
        wire::Field{"reservation_seconds", 60, 86'400,
                    "For so long a checkout holds what it wants to buy."},
        wire::Field{"cancel_seconds", 0, 31'536'000,
                    "Whoever bought may give an order back for so long."},
        wire::Field{.name = "demo", .doc = "Fill an empty catalogue with 194 products."}};
};
BOOST_DESCRIBE_STRUCT(ShopSettings, (),
                      (currency, prices_include_tax, tax_rate, session_seconds, abandon_seconds,
                       reservation_seconds, cancel_seconds, demo))

}  // namespace loquat::contracts
