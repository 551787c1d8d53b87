#pragma once
#include <array>
#include <optional>
#include <string>

#include "base/money.hpp"
#include "wire/codec.hpp"

// Amounts of money as they are sent.
namespace loquat::contracts {

struct Price {
    std::int64_t amount = 0;          // minor units
    std::string currency;             // ISO 4217
    std::optional<std::string> text;  // 19.99 EUR: of answers

    static constexpr std::array fields{
        wire::Field{"amount", -money_max, money_max, "In minor units: 1999 is 19.99 EUR."},
        wire::Field{"currency", 3, 3, "Three capital letters of ISO 4217."},
        wire::Field{"text", 0, 40, "For people; what is sent here is not read."}};

    friend bool operator==(const Price&, const Price&) = default;
};
BOOST_DESCRIBE_STRUCT(Price, (), (amount, currency, text))

// With its text.
Price to_price(const Money& money);

}  // namespace loquat::contracts
