#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace loquat::model {

// Walks over one JSON value (RFC 8259) without making anything of it: a model's answer is hundreds
// of small objects a second and stream, of which two fields matter.  More lenient than wire/json
// where providers are: bytes that are not UTF-8, raw control characters and NaN pass.
//
//   if (cursor.begin_object()) {
//       while (const auto name = cursor.next_member()) {
//           if (*name == "content") { cursor.read_string(out); } else { cursor.skip(); }
//       }
//   }
//
// After a failure everything returns at once, and nothing more is found.
class JsonCursor {
  public:
    explicit JsonCursor(std::string_view text) : text_(text) {}

    bool has_failed() const { return failed_; }
    // Nothing but white space is left.
    bool is_at_end();
    // The first character of what comes next; NUL at the end.
    char peek();

    // Everything below takes the next value, whatever it is.
    // Enters an object; false when something else came.
    bool begin_object();
    // The next member's name with its escapes as they are; none at the object's end, which is left.
    // The member's value has to be taken before the next call.
    std::optional<std::string_view> next_member();
    bool begin_array();
    bool next_item();
    // Appends a string's characters.  Escaped surrogates that do not pair up come out as three
    // bytes each.  False when it was no string.
    bool read_string(std::string& out);
    // None when it was no whole number, however written: 7, 7.0 and 7e0 are the same (RFC 8259).
    std::optional<std::int64_t> read_integer();
    // The next value as text.
    std::string_view skip();

  private:
    static constexpr int depth_max = 32;

    bool take(char c);
    bool enter(char begin);
    bool fail();
    bool next_of(char end);
    std::optional<std::string_view> take_string();
    void skip_word();
    void append_escaped(std::string& out, std::string_view raw, std::size_t& at);

    std::string_view text_;
    std::size_t at_ = 0;
    int depth_ = 0;
    bool fresh_ = false;  // an object or array has just begun
    bool failed_ = false;
};

}  // namespace loquat::model
