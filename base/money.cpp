#include "base/money.hpp"

#include <algorithm>
#include <numeric>

#include "base/check.hpp"

namespace loquat {
namespace {

// A product of two amounts does not fit 64 bits.
__extension__ using Wide = __int128;

// ISO 4217, list one, without metals, funds and codes for testing; in order.
constexpr std::string_view codes =
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD "
    "CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS "
    "GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW "
    "KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR "
    "MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR "
    "SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX "
    "USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG ";
constexpr std::string_view without_minor_unit =
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF ";
constexpr std::string_view with_three_digits = "BHD IQD JOD KWD LYD OMR TND ";
constexpr std::size_t code_length = 3;

bool is_listed(std::string_view code, std::string_view list) {
    for (std::size_t at = 0; at < list.size(); at += code_length + 1) {
        if (list.substr(at, code_length) == code) {
            return true;
        }
    }
    return false;
}

std::int64_t power_of_ten(int exponent) {
    std::int64_t power = 1;
    for (int i = 0; i < exponent; ++i) {
        power *= 10;
    }
    return power;
}

bool is_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Currency::Currency(std::string_view code) { std::ranges::copy(code, code_.begin()); }

std::optional<Currency> Currency::parse(std::string_view code) {
    if (code.size() != code_length || !is_listed(code, codes)) {
        return std::nullopt;
    }
    return Currency{code};
}

int Currency::digits() const {
    return is_listed(code(), without_minor_unit) ? 0 : is_listed(code(), with_three_digits) ? 3 : 2;
}

std::string to_text(const Money& money) {
    const auto digits = static_cast<std::size_t>(money.currency.digits());
    const bool is_negative = money.amount < 0;
    const std::uint64_t units = is_negative ? 0 - static_cast<std::uint64_t>(money.amount)
                                            : static_cast<std::uint64_t>(money.amount);
    std::string text = std::to_string(units);
    if (text.size() <= digits) {
        text.insert(0, digits + 1 - text.size(), '0');
    }
    if (digits > 0) {
        text.insert(text.size() - digits, 1, '.');
    }
    if (is_negative) {
        text.insert(0, 1, '-');
    }
    return text.append(" ").append(money.currency.code());
}

std::optional<std::int64_t> parse_amount(std::string_view decimal, Currency currency) {
    const std::size_t point = decimal.find('.');
    const std::string_view whole = decimal.substr(0, point);
    const bool has_point = point != std::string_view::npos;
    const std::string_view fraction = has_point ? decimal.substr(point + 1) : std::string_view{};
    const auto digits = static_cast<std::size_t>(currency.digits());
    if (!is_digits(whole) || (has_point && !is_digits(fraction)) || fraction.size() > digits) {
        return std::nullopt;
    }
    std::int64_t amount = 0;
    const auto add = [&amount](std::string_view text) {
        for (const char c : text) {
            amount = std::min(amount * 10 + (c - '0'), money_max + 1);
        }
    };
    add(whole);
    add(fraction);
    if (amount > money_max) {
        return std::nullopt;
    }
    const std::int64_t scale = power_of_ten(static_cast<int>(digits - fraction.size()));
    return amount > money_max / scale ? std::nullopt : std::optional{amount * scale};
}

std::int64_t part_of(std::int64_t amount, std::int64_t numerator, std::int64_t denominator) {
    LOQUAT_CHECK(denominator > 0, "a share has a positive denominator");
    const Wide product = static_cast<Wide>(amount) * numerator;
    const Wide size = product < 0 ? -product : product;
    const Wide rounded = (size * 2 + denominator) / (static_cast<Wide>(denominator) * 2);
    return static_cast<std::int64_t>(product < 0 ? -rounded : rounded);
}

std::vector<std::int64_t> split(std::int64_t amount, std::span<const std::int64_t> weights) {
    const auto is_negative = [](std::int64_t weight) { return weight < 0; };
    LOQUAT_CHECK(amount >= 0 && std::ranges::none_of(weights, is_negative),
                 "what is split, and its weights, are not negative");
    std::vector<std::int64_t> parts(weights.size(), 0);
    Wide sum = 0;
    for (const std::int64_t weight : weights) {
        sum += weight;
    }
    if (sum == 0) {
        return parts;
    }
    std::vector<Wide> lost(weights.size());
    std::int64_t left = amount;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const Wide product = static_cast<Wide>(amount) * weights[i];
        parts[i] = static_cast<std::int64_t>(product / sum);
        lost[i] = product % sum;
        left -= parts[i];
    }
    std::vector<std::size_t> order(weights.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, [&lost](auto a, auto b) { return lost[a] > lost[b]; });
    for (std::size_t i = 0; left > 0; ++i, --left) {
        ++parts[order[i]];
    }
    return parts;
}

}  // namespace loquat
