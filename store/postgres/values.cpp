#include "store/postgres/values.hpp"

#include <bit>
#include <cstring>

#include "base/failure.hpp"

namespace loquat::store {
namespace {

// Of pg_type; they never change.
enum : Oid {
    type_bool = 16,
    type_bytea = 17,
    type_name = 19,
    type_int8 = 20,
    type_int2 = 21,
    type_int4 = 23,
    type_text = 25,
    type_float4 = 700,
    type_float8 = 701,
    type_unknown = 705,
    type_varchar = 1043,
    type_numeric = 1700,
    type_void = 2278,
};

Failure unexpected(const std::string& what) {
    return Failure{Kind::internal, "store.unexpected_type", "The store gave something unexpected.",
                   what};
}

template <class Number>
Number from_network(const char* bytes) {
    Number number;
    std::memcpy(&number, bytes, sizeof number);
    return std::byteswap(number);
}

// Digits of base 10,000, the first worth 10,000^weight; what SUM gives of whole numbers.
Value number_of(std::string_view bytes) {
    constexpr std::size_t head = 8;
    const auto word = [&](std::size_t at) {
        return from_network<std::int16_t>(bytes.data() + 2 * at);
    };
    if (bytes.size() < head) {
        throw unexpected("a number of " + std::to_string(bytes.size()) + " bytes");
    }
    const int digits = word(0);
    const int weight = word(1);
    const bool is_negative = word(2) == 0x4000;
    const int decimals = word(3);
    constexpr int weight_max = 4;  // below 10^20
    if (word(2) != 0 && !is_negative) {
        throw unexpected("not a number, or an infinite one");
    }
    if (decimals == 0 && weight < weight_max) {
        std::int64_t whole = 0;
        for (int i = 0; i <= weight; ++i) {
            whole =
                whole * 10'000 + (i < digits ? word(head / 2 + static_cast<std::size_t>(i)) : 0);
        }
        return Value{is_negative ? -whole : whole};
    }
    double sum = 0;
    double worth = 1;
    for (int i = 0; i < weight; ++i) {
        worth *= 10'000;
    }
    for (int i = weight; i < 0; ++i) {
        worth /= 10'000;
    }
    for (int i = 0; i < digits; ++i) {
        sum += worth * word(head / 2 + static_cast<std::size_t>(i));
        worth /= 10'000;
    }
    return Value{is_negative ? -sum : sum};
}

Value value_of(Oid type, std::string_view bytes) {
    switch (type) {
        case type_bool:
            return Value{bytes.front() != 0};
        case type_int2:
            return Value{from_network<std::int16_t>(bytes.data())};
        case type_int4:
            return Value{from_network<std::int32_t>(bytes.data())};
        case type_int8:
            return Value{from_network<std::int64_t>(bytes.data())};
        case type_float4:
            return Value{double{std::bit_cast<float>(from_network<std::uint32_t>(bytes.data()))}};
        case type_float8:
            return Value{std::bit_cast<double>(from_network<std::uint64_t>(bytes.data()))};
        case type_numeric:
            return number_of(bytes);
        case type_text:
        case type_varchar:
        case type_name:
        case type_unknown:
            return Value{std::string{bytes}};
        case type_bytea:
            return Value{Blob{std::string{bytes}}};
        case type_void:
            return Value{};
        default:
            throw unexpected("a column of type " + std::to_string(type));
    }
}

}  // namespace

BoundParams::BoundParams(std::span<const Param> params) {
    for (const Param& param : params) {
        if (const auto* number = std::get_if<std::int64_t>(&param.data())) {
            add_number(type_int8, static_cast<std::uint64_t>(*number), 'i');
        } else if (const auto* fraction = std::get_if<double>(&param.data())) {
            add_number(type_float8, std::bit_cast<std::uint64_t>(*fraction), 'd');
        } else if (const auto* text = std::get_if<std::string_view>(&param.data())) {
            if (text->contains('\0')) {
                throw Failure{Kind::invalid, "store.text", "A text must not have a zero byte."};
            }
            add(type_text, text->data(), text->size(), 't');
        } else if (const auto* blob = std::get_if<BlobView>(&param.data())) {
            add(type_bytea, blob->bytes.data(), blob->bytes.size(), 'b');
        } else {
            types_.push_back(0);
            values_.push_back(nullptr);
            lengths_.push_back(0);
            formats_.push_back(1);
            signature_ += 'n';
        }
    }
}

void BoundParams::add(Oid type, const char* bytes, std::size_t size, char sign) {
    types_.push_back(type);
    // A null pointer would be bound as absent, not as empty.
    values_.push_back(bytes == nullptr ? "" : bytes);
    lengths_.push_back(static_cast<int>(size));
    formats_.push_back(1);
    signature_ += sign;
}

void BoundParams::add_number(Oid type, std::uint64_t bits, char sign) {
    const std::uint64_t network = std::byteswap(bits);
    std::array<char, 8>& bytes = numbers_.emplace_back();
    std::memcpy(bytes.data(), &network, bytes.size());
    add(type, bytes.data(), bytes.size(), sign);
}

Rows rows_of(const PqLibrary& pq, const PGresult& result) {
    const int rows = pq.ntuples(&result);
    const int columns = pq.nfields(&result);
    std::vector<Value> values;
    values.reserve(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
    for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < columns; ++column) {
            if (pq.getisnull(&result, row, column) != 0) {
                values.emplace_back();
                continue;
            }
            const std::string_view bytes{
                pq.getvalue(&result, row, column),
                static_cast<std::size_t>(pq.getlength(&result, row, column))};
            values.push_back(value_of(pq.ftype(&result, column), bytes));
        }
    }
    return Rows{static_cast<std::size_t>(columns), std::move(values)};
}

}  // namespace loquat::store
