#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace loquat::product {

// One after the other, the words of a text by which it is found. A word is without case and
// accents, in the singular where English has a plain rule for it; a number is apart from its unit
// (33cm, 33 cm and 33 centimetres are `33` `cm`; 13" is `13` `inch`), and a decimal number is one
// word. Each Chinese, Japanese or Korean character is one. The text is valid UTF-8 and outlives
// the reader.
class WordReader {
  public:
    explicit WordReader(std::string_view text) : text_(text) {}

    // False at the end. What the others give holds until the next call.
    bool next();
    std::string_view word() const { return word_; }
    // The same before it was put into the singular.
    std::string_view written() const { return written_; }
    // Where it stands, in code points of the text.
    std::uint32_t begin() const { return begin_; }
    std::uint32_t length() const { return length_; }
    // Nothing but a hyphen is between it and the word before: t-shirt.
    bool follows_hyphen() const { return follows_hyphen_; }

  private:
    void skip_to_word();
    void take_word();
    void take_number();
    bool take_unit_sign();
    void step();
    std::size_t digits_from(std::size_t at) const;

    std::string_view text_;
    std::size_t at_ = 0;            // bytes
    std::uint32_t characters_ = 0;  // code points before `at_`
    std::string word_;
    std::string written_;
    std::uint32_t begin_ = 0;
    std::uint32_t length_ = 0;
    bool was_number_ = false;  // the word before
    bool follows_hyphen_ = false;
};

// A word that stands in a text.
struct Word {
    std::string text;
    std::uint32_t begin = 0;  // code points
    std::uint32_t length = 0;

    friend bool operator==(const Word&, const Word&) = default;
};
std::vector<Word> words_of(std::string_view text);

// What several of such a thing are called, by the same rules.
std::string plural_of(std::string_view word);

// Letters and digits alone, in lower case: what two spellings of a code of a product have in
// common. MX-500/b is mx500b.
std::string code_key(std::string_view text);

}  // namespace loquat::product
