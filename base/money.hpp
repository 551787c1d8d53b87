#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Amounts of money: whole minor units (cents, fils), never a fraction of one, never floating point.
namespace loquat {

// A currency of ISO 4217 that is in use.
class Currency {
  public:
    // Three capital letters; none for any other text.
    static std::optional<Currency> parse(std::string_view code);

    std::string_view code() const { return {code_.data(), code_.size()}; }
    // Decimal digits of its minor unit: 0 for JPY, 2 for EUR, 3 for KWD.
    int digits() const;

    friend auto operator<=>(const Currency&, const Currency&) = default;

  private:
    explicit Currency(std::string_view code);
    std::array<char, 3> code_{};
};

// The largest amount of a price or a total, either way; sums and products of what is smaller fit.
constexpr std::int64_t money_max = 1'000'000'000'000'000;

struct Money {
    std::int64_t amount = 0;  // minor units
    Currency currency;

    friend bool operator==(const Money&, const Money&) = default;
};

// 19.99 EUR, -5 JPY, 0.050 KWD.
std::string to_text(const Money& money);

// What a person writes: digits, and after a point no more of them than the currency has. None for
// anything else (signs, exponents, spaces, more digits) and for more than money_max.
std::optional<std::int64_t> parse_amount(std::string_view decimal, Currency currency);

// amount x numerator / denominator to the nearest whole; halves go away from zero. The denominator
// is more than 0, and the result fits: |amount| and |numerator| are at most money_max.
std::int64_t part_of(std::int64_t amount, std::int64_t numerator, std::int64_t denominator);

// `amount` in parts by the weights, as whole units whose sum is `amount`: each gets its share
// rounded down, and what is left goes by one unit to those whose share lost most; of equal ones to
// the earlier. All parts are 0 where all weights are. Weights and amount are not negative.
std::vector<std::int64_t> split(std::int64_t amount, std::span<const std::int64_t> weights);

}  // namespace loquat
