#pragma once
#include <cstdint>
#include <string_view>

namespace loquat::net::websocket {

// Checks UTF-8 (RFC 3629) that comes in pieces, cut anywhere.  An error is seen at the first byte
// that cannot be right, not at the end of the text.
class Utf8Check {
  public:
    // False once a byte is wrong; the check must then be `reset`.
    [[nodiscard]] bool feed(std::string_view piece);
    // True between characters: the text may end here.
    bool is_complete() const { return needed_ == 0; }
    void reset() { *this = {}; }

  private:
    bool start_character(unsigned byte);

    std::uint8_t needed_ = 0;  // continuation bytes still to come
    std::uint8_t low_ = 0x80;  // the range of the next one
    std::uint8_t high_ = 0xBF;
};

}  // namespace loquat::net::websocket
