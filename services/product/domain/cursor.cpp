#include "services/product/domain/cursor.hpp"

#include <bit>
#include <cmath>

#include "base/bytes.hpp"
#include "base/failure.hpp"

namespace loquat::product {
namespace {

constexpr std::size_t number_bytes = 8;
constexpr std::size_t cursor_bytes = 2 * number_bytes + 16;

// FNV-1a: the same in every process.
std::uint64_t mark_of(std::string_view list) {
    std::uint64_t hash = 14'695'981'039'346'656'037ULL;
    for (const char byte : list) {
        hash = (hash ^ static_cast<unsigned char>(byte)) * 1'099'511'628'211ULL;
    }
    return hash;
}

void append_number(std::string& out, std::uint64_t number) {
    for (std::size_t i = 0; i < number_bytes; ++i) {
        out.push_back(static_cast<char>(number >> (8 * i)));
    }
}

std::uint64_t number_at(std::string_view bytes, std::size_t at) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < number_bytes; ++i) {
        number |= std::uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
    }
    return number;
}

}  // namespace

std::string write_cursor(const Cursor& cursor, std::string_view list) {
    std::string bytes;
    append_number(bytes, mark_of(list));
    append_number(bytes, std::bit_cast<std::uint64_t>(cursor.value));
    bytes.append(cursor.id.view());
    return to_base64url(bytes);
}

Cursor read_cursor(std::string_view text, std::string_view list) {
    const auto bytes = from_base64url(text);
    if (!bytes || bytes->size() != cursor_bytes || number_at(*bytes, 0) != mark_of(list)) {
        throw invalid_field("cursor", "cursor", "is not of this list");
    }
    const auto value = std::bit_cast<double>(number_at(*bytes, number_bytes));
    if (std::isnan(value)) {
        throw invalid_field("cursor", "cursor", "is not of this list");
    }
    return {
        .value = value,
        .id = contracts::ProductId::from_bytes(std::string_view{*bytes}.substr(2 * number_bytes))};
}

}  // namespace loquat::product
