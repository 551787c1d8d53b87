#include "store/sql/value.hpp"

#include "base/failure.hpp"

namespace loquat::store {
namespace {

[[noreturn]] void unexpected(std::size_t column, const char* wanted) {
    throw Failure{Kind::internal, "store.unexpected_type", "The stored data is not as expected.",
                  "column " + std::to_string(column) + " is not " + wanted};
}

template <class T>
const T& get(const Value& value, std::size_t column, const char* wanted) {
    const T* found = std::get_if<T>(&value.data());
    if (found == nullptr) {
        unexpected(column, wanted);
    }
    return *found;
}

}  // namespace

Param::Param(const Value& value) {
    struct Visitor {
        Data operator()(std::monostate) const { return {}; }
        Data operator()(std::int64_t number) const { return number; }
        Data operator()(double number) const { return number; }
        Data operator()(const std::string& text) const { return std::string_view{text}; }
        Data operator()(const Blob& blob) const { return BlobView{blob.bytes}; }
    };
    data_ = std::visit(Visitor{}, value.data());
}

const Value& Row::at(std::size_t column) const {
    if (column >= columns_) {
        unexpected(column, "there");
    }
    return values_[column];
}

bool Row::is_null(std::size_t column) const {
    return std::holds_alternative<std::monostate>(at(column).data());
}

std::int64_t Row::integer(std::size_t column) const {
    return get<std::int64_t>(at(column), column, "an integer");
}

double Row::number(std::size_t column) const {
    if (const auto* integer = std::get_if<std::int64_t>(&at(column).data())) {
        return static_cast<double>(*integer);
    }
    return get<double>(at(column), column, "a number");
}

const std::string& Row::text(std::size_t column) const {
    return get<std::string>(at(column), column, "text");
}

const std::string& Row::blob(std::size_t column) const {
    return get<Blob>(at(column), column, "a blob").bytes;
}

Uuid Row::uuid(std::size_t column) const {
    const std::string& bytes = blob(column);
    if (bytes.size() != 16) {
        unexpected(column, "an id");
    }
    return Uuid::from_bytes(bytes);
}

std::optional<std::int64_t> Row::maybe_integer(std::size_t column) const {
    return is_null(column) ? std::nullopt : std::optional{integer(column)};
}

std::optional<std::string> Row::maybe_text(std::size_t column) const {
    return is_null(column) ? std::nullopt : std::optional{text(column)};
}

std::optional<Time> Row::maybe_time(std::size_t column) const {
    return is_null(column) ? std::nullopt : std::optional{time(column)};
}

}  // namespace loquat::store
