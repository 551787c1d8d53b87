#pragma once
#include <cstdint>
#include <string_view>

namespace loquat {

// An estimate of how many tokens a model's tokenizer makes of a text, for when nobody better says.
// Byte pair encodings keep common words whole with the space before them, cut long and rare ones,
// group digits by three, and give other scripts about a token a character.  Within some 15 % of the
// tokenizers in use on prose, code and CJK; not meant for bills where a provider gives its own
// figure.  Linear, a few nanoseconds a byte, allocates nothing.  Any bytes are allowed.
std::int64_t count_tokens(std::string_view text);

// The same for text that comes in pieces, cut anywhere: `count` is what count_tokens would say of
// all of it.
class TokenCounter {
  public:
    void add(std::string_view piece);
    std::int64_t count() const;

  private:
    enum class Run : std::uint8_t {
        none,
        word,
        foreign_word,
        ideographs,
        digits,
        marks,
        space,
        line_ends
    };

    void take(char32_t character);
    void take_byte(unsigned char byte);
    void go_on(Run run);
    std::int64_t cost_of_run() const;

    std::int64_t done_ = 0;     // tokens of runs that have ended
    std::int64_t length_ = 0;   // characters of the current run
    char32_t character_ = 0;    // of UTF-8, as far as it has come
    std::uint8_t missing_ = 0;  // bytes of it that are still to come
    Run run_ = Run::none;
    bool ends_lower_ = false;  // the word's last letter is a small one: a capital begins a new word
};

}  // namespace loquat
