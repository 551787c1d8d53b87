#include "base/embedding/embedder.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <unordered_map>

#include "base/embedding/table.hpp"
#include "base/text.hpp"
#include "base/unicode/characters.hpp"

namespace loquat::embedding {
namespace {

static_assert(std::endian::native == std::endian::little, "the table is of little-endian numbers");

constexpr std::size_t pieces_max = 512;
constexpr std::size_t word_bytes_max = 200;  // longer ones mean nothing

class Table {
  public:
    Table() {
        std::string_view left = vocabulary();
        while (!left.empty()) {
            const std::size_t end = std::min(left.find('\n'), left.size());
            rows_.emplace(left.substr(0, end), rows_.size());
            left.remove_prefix(std::min(end + 1, left.size()));
        }
    }

    struct Found {
        std::string_view piece;  // of the table
        std::size_t row = 0;
    };
    const Found* find(std::string_view piece, Found& found) const {
        const auto at = rows_.find(piece);
        if (at == rows_.end()) {
            return nullptr;
        }
        found = {at->first, at->second};
        return &found;
    }
    void add(std::size_t row, Vector& sum) const {
        float scale = 0;
        std::memcpy(&scale, scales().data() + row * sizeof(float), sizeof(float));
        const char* numbers = table().data() + row * dimensions;
        for (std::size_t i = 0; i < dimensions; ++i) {
            sum[i] += scale * static_cast<float>(static_cast<signed char>(numbers[i]));
        }
    }

  private:
    std::unordered_map<std::string_view, std::size_t> rows_;
};

const Table& the_table() {
    static const Table table;
    return table;
}

enum class Part { word, mark, single, space };

Part part_of(char32_t character) {
    using unicode::Category;
    if (character < 0x80) {
        const bool is_word =
            (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9');
        return is_word                                 ? Part::word
               : character <= ' ' || character == 0x7f ? Part::space
                                                       : Part::single;
    }
    switch (unicode::traits_of(character).category) {
        case Category::mark:
        case Category::enclosing_mark:
            return Part::mark;
        case Category::punctuation:
            return Part::single;
        case Category::space:
        case Category::line_separator:
        case Category::control:
        case Category::format:
        case Category::unassigned:
        case Category::private_use:
            return Part::space;
        default:
            break;
    }
    const bool is_ideograph = (character >= 0x3400 && character <= 0x9fff) ||
                              (character >= 0xf900 && character <= 0xfaff) ||
                              (character >= 0x20000 && character <= 0x2fa1f);
    return is_ideograph ? Part::single : Part::word;
}

template <class Visit>
void for_each_word(std::string_view text, Visit visit) {
    std::u32string word;
    const auto end_word = [&] {
        if (!word.empty()) {
            visit(unicode::to_utf8(word));
            word.clear();
        }
    };
    for (const char32_t written : unicode::to_characters(unicode::to_nfd(text))) {
        const char32_t character = unicode::to_lower(written);
        const Part part = part_of(character);
        if (part == Part::word) {
            word.push_back(character);
        } else if (part != Part::mark) {
            end_word();
            if (part == Part::single) {
                visit(unicode::to_utf8(std::u32string_view{&character, 1}));
            }
        }
    }
    end_word();
}

// Whether a character of valid UTF-8 begins there.
bool is_boundary(std::string_view text, std::size_t at) {
    return at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xc0U) != 0x80U;
}

template <class Take>
void cut(std::string_view word, Take take) {
    const Table& table = the_table();
    Table::Found found;
    if (word.size() > word_bytes_max) {
        return;
    }
    if (table.find(word, found) != nullptr) {
        take(found);
        return;
    }
    std::string piece;
    for (std::size_t at = 0; at < word.size();) {
        std::size_t end = word.size();
        for (; end > at; --end) {
            if (!is_boundary(word, end)) {
                continue;
            }
            piece.assign(at == 0 ? "" : "##").append(word.substr(at, end - at));
            if (table.find(piece, found) != nullptr) {
                take(found);
                break;
            }
        }
        // A character that no piece begins with is passed over.
        at = std::max(end, at + 1);
        while (!is_boundary(word, at)) {
            ++at;
        }
    }
}

template <class Take>
void for_each_piece(std::string_view text, Take take) {
    if (!is_utf8(text)) {
        return;
    }
    std::size_t count = 0;
    for_each_word(text, [&](const std::string& word) {
        if (count < pieces_max) {
            cut(word, [&](const Table::Found& found) {
                ++count;
                take(found);
            });
        }
    });
}

}  // namespace

std::vector<std::string_view> pieces_of(std::string_view text) {
    std::vector<std::string_view> pieces;
    for_each_piece(text, [&](const Table::Found& found) { pieces.push_back(found.piece); });
    return pieces;
}

Vector embed(std::string_view text) {
    Vector sum{};
    for_each_piece(text, [&](const Table::Found& found) { the_table().add(found.row, sum); });
    float squares = 0;
    for (const float number : sum) {
        squares += number * number;
    }
    if (squares > 0) {
        const float length = std::sqrt(squares);
        for (float& number : sum) {
            number /= length;
        }
    }
    return sum;
}

float similarity(const Vector& one, const Vector& other) {
    float sum = 0;
    for (std::size_t i = 0; i < dimensions; ++i) {
        sum += one[i] * other[i];
    }
    return sum;
}

Small to_small(const Vector& vector) {
    constexpr float steps = 127;
    float most = 0;
    for (const float number : vector) {
        most = std::max(most, std::abs(number));
    }
    Small small{.numbers = {}, .scale = most / steps};
    for (std::size_t i = 0; i < dimensions && most > 0; ++i) {
        small.numbers[i] = static_cast<std::int8_t>(std::lround(vector[i] / small.scale));
    }
    return small;
}

float similarity(const Small& one, const Small& other) {
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < dimensions; ++i) {
        sum += std::int32_t{one.numbers[i]} * other.numbers[i];
    }
    return static_cast<float>(sum) * one.scale * other.scale;
}

}  // namespace loquat::embedding
