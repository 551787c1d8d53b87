#pragma once
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace loquat::store {

struct Blob {
    std::string bytes;
    friend bool operator==(const Blob&, const Blob&) = default;
};
struct BlobView {
    std::string_view bytes;
};

// One value of a row or a parameter that must outlive the call.  Ids are stored as 16 bytes, times
// as Unix milliseconds, booleans as 0 and 1, an empty optional as NULL.
class Value {
  public:
    using Data = std::variant<std::monostate, std::int64_t, double, std::string, Blob>;

    Value() = default;
    Value(std::nullptr_t) {}
    template <std::integral Number>
    Value(Number number) : data_(static_cast<std::int64_t>(number)) {}
    Value(double number) : data_(number) {}
    Value(std::string text) : data_(std::move(text)) {}
    Value(std::string_view text) : data_(std::string{text}) {}
    Value(const char* text) : data_(std::string{text}) {}
    Value(Blob blob) : data_(std::move(blob)) {}
    Value(const Uuid& uuid) : data_(Blob{std::string{uuid.view()}}) {}
    template <class Tag>
    Value(const Id<Tag>& id) : Value(id.uuid) {}
    Value(Time time) : data_(to_unix_ms(time)) {}
    template <class T>
    Value(const std::optional<T>& value) {
        if (value) {
            *this = Value{*value};
        }
    }

    const Data& data() const { return data_; }
    friend bool operator==(const Value&, const Value&) = default;

  private:
    Data data_;
};

// A parameter for the length of one statement; refers to what it was made from.
class Param {
  public:
    using Data = std::variant<std::monostate, std::int64_t, double, std::string_view, BlobView>;

    Param(std::nullptr_t) {}
    template <std::integral Number>
    Param(Number number) : data_(static_cast<std::int64_t>(number)) {}
    Param(double number) : data_(number) {}
    Param(const std::string& text) : data_(std::string_view{text}) {}
    Param(std::string_view text) : data_(text) {}
    Param(const char* text) : data_(std::string_view{text}) {}
    Param(BlobView blob) : data_(blob) {}
    Param(const Blob& blob) : data_(BlobView{blob.bytes}) {}
    Param(const Uuid& uuid) : data_(BlobView{uuid.view()}) {}
    template <class Tag>
    Param(const Id<Tag>& id) : Param(id.uuid) {}
    Param(Time time) : data_(to_unix_ms(time)) {}
    Param(const Value& value);
    template <class T>
    Param(const std::optional<T>& value) {
        if (value) {
            *this = Param{*value};
        }
    }

    const Data& data() const { return data_; }

  private:
    Data data_;
};

// One row of a result; refers to its Rows.  A value of another type than asked for, or a column
// that is not there, is a Failure `store.unexpected_type`: the schema and the code disagree.
class Row {
  public:
    Row(const Value* values, std::size_t columns) : values_(values), columns_(columns) {}

    bool is_null(std::size_t column) const;
    std::int64_t integer(std::size_t column) const;
    bool boolean(std::size_t column) const { return integer(column) != 0; }
    double number(std::size_t column) const;  // also accepts an integer
    const std::string& text(std::size_t column) const;
    const std::string& blob(std::size_t column) const;
    Uuid uuid(std::size_t column) const;
    Time time(std::size_t column) const { return from_unix_ms(integer(column)); }
    template <class StrongId>
    StrongId id(std::size_t column) const {
        return StrongId{uuid(column)};
    }

    std::optional<std::int64_t> maybe_integer(std::size_t column) const;
    std::optional<std::string> maybe_text(std::size_t column) const;
    std::optional<Time> maybe_time(std::size_t column) const;
    template <class StrongId>
    std::optional<StrongId> maybe_id(std::size_t column) const {
        return is_null(column) ? std::nullopt : std::optional<StrongId>{StrongId{uuid(column)}};
    }

    std::size_t size() const { return columns_; }

  private:
    const Value& at(std::size_t column) const;

    const Value* values_;
    std::size_t columns_;
};

// A whole result, row after row.
class Rows {
  public:
    Rows() = default;
    Rows(std::size_t columns, std::vector<Value> values)
        : columns_(columns), values_(std::move(values)) {}

    std::size_t size() const { return columns_ == 0 ? 0 : values_.size() / columns_; }
    bool empty() const { return values_.empty(); }
    Row operator[](std::size_t row) const { return {values_.data() + row * columns_, columns_}; }
    Row front() const { return (*this)[0]; }

    class Iterator {
      public:
        Iterator(const Rows& rows, std::size_t row) : rows_(&rows), row_(row) {}
        Row operator*() const { return (*rows_)[row_]; }
        Iterator& operator++() {
            ++row_;
            return *this;
        }
        bool operator==(const Iterator& other) const { return row_ == other.row_; }

      private:
        const Rows* rows_;
        std::size_t row_;
    };
    Iterator begin() const { return {*this, 0}; }
    Iterator end() const { return {*this, size()}; }

  private:
    std::size_t columns_ = 0;
    std::vector<Value> values_;
};

}  // namespace loquat::store
