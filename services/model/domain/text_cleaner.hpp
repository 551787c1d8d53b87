#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace loquat::model {

// Makes text of what a model says: valid UTF-8 without control characters other than tab and
// newline, with LF as the only line end.  Pieces may be cut anywhere, within characters too:
// servers that send one token at a time do that.  What is no character becomes U+FFFD, a pair of
// surrogates becomes its character, and control characters vanish.
class TextCleaner {
  public:
    // Appends what is certain.  The result of all pieces does not depend on how they were cut.
    void append(std::string& out, std::string_view piece);
    // At the end: a character that was cut off becomes U+FFFD.
    void finish(std::string& out);

  private:
    void take_byte(std::string& out, unsigned char byte);
    void begin_character(std::string& out, unsigned char byte);
    void take_character(std::string& out, char32_t character);
    void drop_partial(std::string& out);

    char32_t value_ = 0;        // of the character that is not complete
    char32_t high_ = 0;         // a high surrogate that waits for its low one
    std::uint8_t missing_ = 0;  // bytes of it that are still to come
    std::uint8_t size_ = 0;     // bytes that it has in all
    bool after_return_ = false;
};

}  // namespace loquat::model
