#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"

namespace loquat::wire {

// Appends the parts of a binary record: varints (LEB128), lengths before bytes, ids as 16 bytes.
class Encoder {
  public:
    Encoder() = default;
    explicit Encoder(std::string begun) : out_(std::move(begun)) {}  // appends to it

    void byte(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
    void number(std::uint64_t value);
    void signed_number(std::int64_t value);  // zigzag
    void bytes(std::string_view value);
    void raw(std::string_view value) { out_.append(value); }  // without its length
    void uuid(const Uuid& value) { out_.append(value.view()); }

    std::string take() { return std::move(out_); }

  private:
    std::string out_;
};

// Reads them back.  After the first thing that is not there every read gives zero or empty and `ok`
// stays false: decode all, then ask once.  Numbers have one encoding only; others are refused.
class Decoder {
  public:
    explicit Decoder(std::string_view bytes) : left_(bytes) {}

    std::uint8_t byte();
    std::uint64_t number();
    std::int64_t signed_number();
    std::string_view bytes();
    // So many, whose length was told by something else.
    std::string_view raw(std::uint64_t count) { return take(count); }
    Uuid uuid();
    // A count of things that take at least `each` bytes: never more than what is left could hold.
    std::size_t count(std::size_t each);
    // A byte from `first` to `last`, both included.
    std::uint8_t choice(std::uint8_t first, std::uint8_t last);

    bool ok() const { return ok_; }
    bool finished() const { return ok_ && left_.empty(); }
    std::size_t size() const { return left_.size(); }
    void refuse() { ok_ = false; }

  private:
    std::string_view take(std::size_t count);

    std::string_view left_;
    bool ok_ = true;
};

}  // namespace loquat::wire
