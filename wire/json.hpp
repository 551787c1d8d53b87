#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace loquat::wire {

class Value;
using Array = std::vector<Value>;
using Member = std::pair<std::string, Value>;
using Object = std::vector<Member>;  // in the order of the text

// A JSON value (RFC 8259).  Whole numbers keep 64 bits; others are doubles.
class Value {
  public:
    using Any = std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string,
                             Array, Object>;

    Value() : any_(nullptr) {}
    Value(std::nullptr_t) : any_(nullptr) {}
    Value(bool value) : any_(value) {}
    Value(std::int64_t value) : any_(value) {}
    Value(int value) : any_(std::int64_t{value}) {}
    Value(std::uint64_t value) : any_(value) {}
    Value(double value) : any_(value) {}
    Value(std::string value) : any_(std::move(value)) {}
    Value(std::string_view value) : any_(std::string{value}) {}
    Value(const char* value) : any_(std::string{value}) {}
    Value(Array value) : any_(std::move(value)) {}
    Value(Object value) : any_(std::move(value)) {}

    bool is_null() const { return std::holds_alternative<std::nullptr_t>(any_); }
    const bool* if_bool() const { return std::get_if<bool>(&any_); }
    const std::string* if_string() const { return std::get_if<std::string>(&any_); }
    const Array* if_array() const { return std::get_if<Array>(&any_); }
    const Object* if_object() const { return std::get_if<Object>(&any_); }
    Array* if_array() { return std::get_if<Array>(&any_); }
    Object* if_object() { return std::get_if<Object>(&any_); }
    bool is_number() const { return any_.index() >= 2 && any_.index() <= 4; }
    // None when it is not a whole number within 64 signed bits.
    const Any& any() const { return any_; }

    // The member of that name; nullptr when absent or when this is no object.
    const Value* find(std::string_view name) const;
    // Sets or replaces a member; turns anything else into an object first.
    void set(std::string name, Value value);

  private:
    Any any_;
};

struct ParseLimits {
    std::size_t depth_max = 32;
};

// Parses exactly one value.  Strict: no comments, no trailing commas, valid UTF-8, no duplicate
// members. Throws Failure `request.malformed_json` (malformed) with the byte offset in its message.
Value parse(std::string_view text, ParseLimits limits = {});

// Compact; doubles in their shortest form that reads back the same.  Throws nothing.
void append_json(std::string& out, const Value& value);
std::string to_json(const Value& value);
// Indented by two spaces, for people.
std::string to_pretty_json(const Value& value);

// The parts of a writer that codecs use directly.
void append_json_string(std::string& out, std::string_view text);
void append_json_number(std::string& out, double value);

}  // namespace loquat::wire
