#pragma once
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"

struct _bson_t;

namespace loquat::store {

// A BSON document, as MongoDB keeps and speaks it.  Ids are binary of the subtype for UUIDs.
// Reading a member that is missing or of another type throws Failure `store.damaged`
// (unavailable); `find_` gives nothing where it is missing.
class Document {
  public:
    struct Value;
    struct Field;

    Document();
    Document(std::initializer_list<Field> fields);
    // Of `bytes`, which are copied.
    static Document copy_of(const ::_bson_t* bytes);
    Document(const Document& other);
    Document(Document&& other) noexcept = default;
    Document& operator=(Document other) noexcept;
    ~Document() = default;

    void set(std::string_view name, const Value& value);

    bool is_empty() const;
    std::size_t bytes() const;

    std::string text(std::string_view name) const;
    std::int64_t integer(std::string_view name) const;
    Uuid uuid(std::string_view name) const;
    Time time(std::string_view name) const;
    Document document(std::string_view name) const;
    std::optional<std::string> find_text(std::string_view name) const;
    std::optional<std::int64_t> find_integer(std::string_view name) const;
    std::optional<Uuid> find_uuid(std::string_view name) const;
    std::optional<Time> find_time(std::string_view name) const;
    // False where it is missing.
    bool flag(std::string_view name) const;
    // Empty where it is missing.
    std::vector<Uuid> uuids(std::string_view name) const;
    std::vector<Document> documents(std::string_view name) const;

    template <class Tag>
    Id<Tag> id(std::string_view name) const {
        return Id<Tag>{uuid(name)};
    }

    ::_bson_t* handle() const { return bson_.get(); }

  private:
    struct Free {
        void operator()(::_bson_t* bson) const;
    };
    std::unique_ptr<::_bson_t, Free> bson_;
};

// What a member may be; refers to what it was made from.
struct Document::Value {
    using Array = std::span<const Document>;
    using Uuids = std::span<const Uuid>;
    using Texts = std::span<const std::string>;

    Value(bool value) : held(value) {}
    Value(int value) : held(std::int32_t{value}) {}
    Value(std::int64_t value) : held(value) {}
    Value(std::string_view value) : held(value) {}
    Value(const char* value) : held(std::string_view{value}) {}
    Value(const std::string& value) : held(std::string_view{value}) {}
    Value(Uuid value) : held(value) {}
    template <class Tag>
    Value(Id<Tag> value) : held(value.uuid) {}
    Value(Time value) : held(value) {}
    Value(const Document& value) : held(&value) {}
    Value(Array value) : held(value) {}
    Value(Uuids value) : held(value) {}
    Value(Texts value) : held(value) {}

    std::variant<bool, std::int32_t, std::int64_t, std::string_view, Uuid, Time, const Document*,
                 Array, Uuids, Texts>
        held;
};

struct Document::Field {
    std::string_view name;
    Value value;
};

}  // namespace loquat::store
