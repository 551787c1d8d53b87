#include "services/product/search/words.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/unicode/characters.hpp"
#include "base/unicode/fold.hpp"

namespace loquat::product {
namespace {

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Of what begins with `lead`; the text is valid.
std::size_t bytes_of(char lead) {
    const auto byte = static_cast<unsigned char>(lead);
    return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

// U+02BC, U+2019, and the plain one.
bool is_apostrophe(std::string_view character) {
    return character == "'" || character == "\u2019" || character == "\u02BC";
}

// Scripts that write without spaces between words.
bool is_ideograph(char32_t c) {
    return (c >= 0x2E80 && c <= 0x9FFF) || (c >= 0xAC00 && c <= 0xD7A3) ||
           (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF);
}

enum class Part { letter, ideograph, other };

Part part_of(std::string_view character) {
    if (is_ascii(character.front())) {
        return is_letter(character.front()) || is_digit(character.front()) ? Part::letter
                                                                           : Part::other;
    }
    const char32_t c = unicode::to_characters(character).front();
    const auto category = unicode::traits_of(c).category;
    using enum unicode::Category;
    const bool is_written =
        category == letter_or_digit || category == mark || category == other_letter;
    return !is_written ? Part::other : is_ideograph(c) ? Part::ideograph : Part::letter;
}

struct Unit {
    std::string_view written;
    std::string_view word;
};

// What follows a number, apart from it or not. In order.
constexpr std::array units{
    Unit{"centimeter", "cm"},
    Unit{"centimeters", "cm"},
    Unit{"centimetre", "cm"},
    Unit{"centimetres", "cm"},
    Unit{"cm", "cm"},
    Unit{"dpi", "dpi"},
    Unit{"fps", "fps"},
    Unit{"g", "g"},
    Unit{"gb", "gb"},
    Unit{"ghz", "ghz"},
    Unit{"gigabyte", "gb"},
    Unit{"gigabytes", "gb"},
    Unit{"gram", "g"},
    Unit{"grams", "g"},
    Unit{"hz", "hz"},
    Unit{"in", "inch"},
    Unit{"inch", "inch"},
    Unit{"inches", "inch"},
    Unit{"kg", "kg"},
    Unit{"kilogram", "kg"},
    Unit{"kilograms", "kg"},
    Unit{"km", "km"},
    Unit{"l", "l"},
    Unit{"liter", "l"},
    Unit{"liters", "l"},
    Unit{"litre", "l"},
    Unit{"litres", "l"},
    Unit{"m", "m"},
    Unit{"mah", "mah"},
    Unit{"mb", "mb"},
    Unit{"megabyte", "mb"},
    Unit{"megabytes", "mb"},
    Unit{"meter", "m"},
    Unit{"meters", "m"},
    Unit{"metre", "m"},
    Unit{"metres", "m"},
    Unit{"mhz", "mhz"},
    Unit{"milliliter", "ml"},
    Unit{"milliliters", "ml"},
    Unit{"millilitre", "ml"},
    Unit{"millilitres", "ml"},
    Unit{"millimeter", "mm"},
    Unit{"millimeters", "mm"},
    Unit{"millimetre", "mm"},
    Unit{"millimetres", "mm"},
    Unit{"ml", "ml"},
    Unit{"mm", "mm"},
    Unit{"mp", "mp"},
    Unit{"ounce", "oz"},
    Unit{"ounces", "oz"},
    Unit{"oz", "oz"},
    Unit{"tb", "tb"},
    Unit{"terabyte", "tb"},
    Unit{"terabytes", "tb"},
    Unit{"v", "v"},
    Unit{"volt", "v"},
    Unit{"volts", "v"},
    Unit{"w", "w"},
    Unit{"watt", "w"},
    Unit{"watts", "w"},
};
static_assert(std::ranges::is_sorted(units, {}, &Unit::written));

// `in` after a space is mostly the preposition: 2 in 1.
enum class Gap { none, space };

std::string_view unit_of(std::string_view word, Gap gap) {
    const auto* const found = std::ranges::lower_bound(units, word, {}, &Unit::written);
    const bool is_unit = found != units.end() && found->written == word;
    return is_unit && (gap == Gap::none || word != "in") ? found->word : std::string_view{};
}

// The plain rules of English; words that only look like a plural lose nothing by being cut the
// same way wherever they stand.
void to_singular(std::string& word) {
    const auto ends = [&word](std::string_view with) { return word.ends_with(with); };
    if (word.size() < 3 || !ends("s") || ends("ss") || ends("us") || ends("is") || word == "lens") {
        return;
    }
    if (word.size() > 4 && ends("ies")) {
        word.replace(word.size() - 3, 3, "y");
    } else if (ends("sses") || ends("shes") || ends("ches") || ends("xes") || word == "lenses") {
        word.resize(word.size() - 2);
    } else {
        word.pop_back();
    }
}

// 43.20 is 43.2; 43.0 is 43.
void drop_zeros(std::string& number) {
    const std::size_t point = number.find('.');
    if (point == std::string::npos || number.find('.', point + 1) != std::string::npos) {
        return;
    }
    const std::size_t last = number.find_last_not_of('0');
    number.resize(last == point ? point : last + 1);
}

}  // namespace

void WordReader::step() {
    at_ += bytes_of(text_[at_]);
    ++characters_;
}

std::size_t WordReader::digits_from(std::size_t at) const {
    const std::size_t end = text_.find_first_not_of("0123456789", at);
    return (end == std::string_view::npos ? text_.size() : end) - at;
}

void WordReader::skip_to_word() {
    while (at_ < text_.size() && part_of(text_.substr(at_, bytes_of(text_[at_]))) == Part::other) {
        step();
    }
}

// 13" and 13'': inches.
bool WordReader::take_unit_sign() {
    const std::string_view rest = text_.substr(at_);
    const std::size_t characters =
        rest.starts_with("\"") || rest.starts_with("\u2033") || rest.starts_with("\u201D") ? 1
        : rest.starts_with("''")                                                           ? 2
                                                                                           : 0;
    if (characters == 0) {
        return false;
    }
    begin_ = characters_;
    for (std::size_t i = 0; i < characters; ++i) {
        step();
    }
    word_ = "inch";
    written_ = word_;
    return true;
}

bool WordReader::next() {
    if (was_number_ && at_ < text_.size() && take_unit_sign()) {
        was_number_ = false;
        follows_hyphen_ = false;
        length_ = characters_ - begin_;
        return true;
    }
    const std::size_t before = at_;
    skip_to_word();
    if (at_ == text_.size()) {
        return false;
    }
    follows_hyphen_ = before > 0 && text_.substr(before, at_ - before) == "-";
    const Gap gap = at_ == before ? Gap::none : Gap::space;
    begin_ = characters_;
    word_.clear();
    if (is_digit(text_[at_])) {
        take_number();
    }
    if (word_.empty() || !was_number_) {
        const bool follows_number = std::exchange(was_number_, false);
        take_word();
        const std::string_view unit = follows_number ? unit_of(word_, gap) : std::string_view{};
        written_ = word_;
        if (!unit.empty()) {
            word_ = unit;
        } else {
            to_singular(word_);
        }
    }
    length_ = characters_ - begin_;
    return true;
}

// A number that stands alone or before its unit; what goes on with letters is a code: 5600xt.
void WordReader::take_number() {
    std::size_t end = at_ + digits_from(at_);
    while (end + 1 < text_.size() && text_[end] == '.' && is_digit(text_[end + 1])) {
        end += 1 + digits_from(end + 1);
    }
    std::size_t letters = end;
    std::string unit;
    while (letters < text_.size() && is_letter(text_[letters])) {
        unit.push_back(to_lower(text_[letters]));
        ++letters;
    }
    const bool goes_on = letters < text_.size() &&
                         part_of(text_.substr(letters, bytes_of(text_[letters]))) == Part::letter;
    was_number_ = !goes_on && (unit.empty() || !unit_of(unit, Gap::none).empty());
    if (was_number_) {
        word_ = text_.substr(at_, end - at_);
        characters_ += static_cast<std::uint32_t>(end - at_);
        at_ = end;
        drop_zeros(word_);
        written_ = word_;
    }
}

void WordReader::take_word() {
    bool is_plain = true;
    while (at_ < text_.size()) {
        const std::string_view character = text_.substr(at_, bytes_of(text_[at_]));
        const Part part = part_of(character);
        if (part == Part::ideograph) {
            if (word_.empty()) {
                word_ = character;
                step();
                is_plain = false;
            }
            break;
        }
        if (part == Part::letter) {
            is_plain = is_plain && is_ascii(character.front());
            word_.append(character.size() == 1 ? std::string_view{} : character);
            if (character.size() == 1) {
                word_.push_back(to_lower(character.front()));
            }
            step();
            continue;
        }
        // women's is women
        const std::string_view after = text_.substr(at_ + character.size());
        const bool is_genitive = is_apostrophe(character) && !after.empty() &&
                                 to_lower(after.front()) == 's' &&
                                 (after.size() == 1 || !is_ascii(after[1]) ||
                                  (!is_letter(after[1]) && !is_digit(after[1])));
        if (is_genitive && !word_.empty()) {
            step();
            step();
        }
        break;
    }
    if (!is_plain) {
        word_ = unicode::to_search_key(word_);
    }
}

std::vector<Word> words_of(std::string_view text) {
    std::vector<Word> words;
    WordReader reader{text};
    while (reader.next()) {
        words.push_back({std::string{reader.word()}, reader.begin(), reader.length()});
    }
    return words;
}

std::string plural_of(std::string_view word) {
    std::string plural{word};
    const auto ends = [&word](std::string_view with) { return word.ends_with(with); };
    if (ends("y") && word.size() > 2 &&
        std::string_view{"aeiou"}.find(word[word.size() - 2]) == std::string_view::npos) {
        return plural.replace(plural.size() - 1, 1, "ies");
    }
    return plural.append(ends("s") || ends("x") || ends("ch") || ends("sh") ? "es" : "s");
}

std::string code_key(std::string_view text) {
    std::string key;
    for (const char c : text) {
        if (is_letter(c) || is_digit(c) || !is_ascii(c)) {
            key.push_back(to_lower(c));
        }
    }
    return key;
}

}  // namespace loquat::product
