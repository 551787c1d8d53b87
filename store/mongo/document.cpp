#include "store/mongo/document.hpp"

#include <utility>

#include "base/failure.hpp"
#include "store/mongo/mongo_library.hpp"

namespace loquat::store {
namespace {

const MongoLibrary& mongo() { return MongoLibrary::get(); }

int length_of(std::string_view text) { return static_cast<int>(text.size()); }

void check_kept(bool is_kept) {
    if (!is_kept) {
        throw Failure{Kind::too_large, "store.too_large", "This is too large to store."};
    }
}

[[noreturn]] void refuse(std::string_view name) {
    throw Failure{Kind::unavailable, "store.damaged", "What is stored cannot be read.",
                  "a document at MongoDB has no " + std::string{name} + " as it is written"};
}

void append_uuid(::bson_t* bson, std::string_view name, const Uuid& value) {
    check_kept(mongo().bson_append_binary(bson, name.data(), length_of(name), BSON_SUBTYPE_UUID,
                                          value.bytes.data(),
                                          static_cast<std::uint32_t>(value.bytes.size())));
}

void append_text(::bson_t* bson, std::string_view name, std::string_view value) {
    const char* const bytes = value.data() == nullptr ? "" : value.data();
    check_kept(
        mongo().bson_append_utf8(bson, name.data(), length_of(name), bytes, length_of(value)));
}

// Members of an array are named 0, 1, 2 ...
template <class Items, class Append>
Document array_of(const Items& items, Append append) {
    Document array;
    std::size_t number = 0;
    for (const auto& item : items) {
        append(array.handle(), std::to_string(number++), item);
    }
    return array;
}

void append_array(::bson_t* bson, std::string_view name, const Document& array) {
    check_kept(mongo().bson_append_array(bson, name.data(), length_of(name), array.handle()));
}

void append_document(::bson_t* bson, std::string_view name, const Document& value) {
    check_kept(mongo().bson_append_document(bson, name.data(), length_of(name), value.handle()));
}

struct Append {
    ::bson_t* bson;
    std::string_view name;

    void operator()(bool value) const {
        check_kept(mongo().bson_append_bool(bson, name.data(), length_of(name), value));
    }
    void operator()(std::int32_t value) const {
        check_kept(mongo().bson_append_int32(bson, name.data(), length_of(name), value));
    }
    void operator()(std::int64_t value) const {
        check_kept(mongo().bson_append_int64(bson, name.data(), length_of(name), value));
    }
    void operator()(std::string_view value) const { append_text(bson, name, value); }
    void operator()(const Uuid& value) const { append_uuid(bson, name, value); }
    void operator()(Time value) const {
        check_kept(
            mongo().bson_append_date_time(bson, name.data(), length_of(name), to_unix_ms(value)));
    }
    void operator()(const Document* value) const { append_document(bson, name, *value); }
    void operator()(Document::Value::Array value) const {
        append_array(bson, name, array_of(value, append_document));
    }
    void operator()(Document::Value::Uuids value) const {
        append_array(bson, name, array_of(value, append_uuid));
    }
    void operator()(Document::Value::Texts value) const {
        append_array(bson, name, array_of(value, append_text));
    }
};

// At the member; none where it is missing.
std::optional<::bson_iter_t> find(const ::bson_t* bson, std::string_view name) {
    ::bson_iter_t at;
    if (!mongo().bson_iter_init_find(&at, bson, std::string{name}.c_str())) {
        return std::nullopt;
    }
    return at;
}

std::optional<::bson_iter_t> find_as(const ::bson_t* bson, std::string_view name,
                                     ::bson_type_t type) {
    const auto at = find(bson, name);
    if (at && mongo().bson_iter_type(&*at) != type) {
        refuse(name);
    }
    return at;
}

Uuid uuid_at(const ::bson_iter_t& at, std::string_view name) {
    ::bson_subtype_t subtype{};
    std::uint32_t length = 0;
    const std::uint8_t* bytes = nullptr;
    if (mongo().bson_iter_type(&at) == BSON_TYPE_BINARY) {
        mongo().bson_iter_binary(&at, &subtype, &length, &bytes);
    }
    if (bytes == nullptr || length != sizeof(Uuid::bytes)) {
        refuse(name);
    }
    return Uuid::from_bytes({reinterpret_cast<const char*>(bytes), length});
}

Document document_at(const ::bson_iter_t& at, std::string_view name) {
    std::uint32_t length = 0;
    const std::uint8_t* bytes = nullptr;
    ::bson_t bson;
    if (mongo().bson_iter_type(&at) == BSON_TYPE_DOCUMENT) {
        mongo().bson_iter_document(&at, &length, &bytes);
    }
    if (bytes == nullptr || !mongo().bson_init_static(&bson, bytes, length)) {
        refuse(name);
    }
    return Document::copy_of(&bson);
}

template <class Item>
std::vector<Item> items_of(const ::bson_t* bson, std::string_view name,
                           Item (*item_at)(const ::bson_iter_t&, std::string_view)) {
    std::vector<Item> items;
    const auto at = find_as(bson, name, BSON_TYPE_ARRAY);
    if (!at) {
        return items;
    }
    std::uint32_t length = 0;
    const std::uint8_t* bytes = nullptr;
    mongo().bson_iter_array(&*at, &length, &bytes);
    ::bson_t array;
    ::bson_iter_t item;
    if (!mongo().bson_init_static(&array, bytes, length) ||
        !mongo().bson_iter_init(&item, &array)) {
        refuse(name);
    }
    while (mongo().bson_iter_next(&item)) {
        items.push_back(item_at(item, name));
    }
    return items;
}

template <class T>
T required(std::optional<T> found, std::string_view name) {
    if (!found) {
        refuse(name);
    }
    return *std::move(found);
}

}  // namespace

void Document::Free::operator()(::bson_t* bson) const { mongo().bson_destroy(bson); }

Document::Document() : bson_(mongo().bson_new()) {}

Document::Document(std::initializer_list<Field> fields) : Document() {
    for (const Field& field : fields) {
        set(field.name, field.value);
    }
}

Document Document::copy_of(const ::bson_t* bytes) {
    Document copy;
    copy.bson_.reset(mongo().bson_copy(bytes));
    return copy;
}

Document::Document(const Document& other) : bson_(mongo().bson_copy(other.handle())) {}

Document& Document::operator=(Document other) noexcept {
    std::swap(bson_, other.bson_);
    return *this;
}

void Document::set(std::string_view name, const Value& value) {
    std::visit(Append{bson_.get(), name}, value.held);
}

bool Document::is_empty() const { return bytes() <= 5; }
std::size_t Document::bytes() const { return bson_->len; }

std::optional<std::string> Document::find_text(std::string_view name) const {
    const auto at = find_as(bson_.get(), name, BSON_TYPE_UTF8);
    if (!at) {
        return std::nullopt;
    }
    std::uint32_t length = 0;
    const char* const bytes = mongo().bson_iter_utf8(&*at, &length);
    return std::string{bytes, length};
}

std::optional<std::int64_t> Document::find_integer(std::string_view name) const {
    const auto at = find(bson_.get(), name);
    if (!at) {
        return std::nullopt;
    }
    // Servers answer counts as any kind of number.
    const ::bson_type_t type = mongo().bson_iter_type(&*at);
    if (type != BSON_TYPE_INT32 && type != BSON_TYPE_INT64 && type != BSON_TYPE_DOUBLE) {
        refuse(name);
    }
    return mongo().bson_iter_as_int64(&*at);
}

std::optional<Uuid> Document::find_uuid(std::string_view name) const {
    const auto at = find(bson_.get(), name);
    return at ? std::optional{uuid_at(*at, name)} : std::nullopt;
}

std::optional<Time> Document::find_time(std::string_view name) const {
    const auto at = find_as(bson_.get(), name, BSON_TYPE_DATE_TIME);
    return at ? std::optional{from_unix_ms(mongo().bson_iter_date_time(&*at))} : std::nullopt;
}

bool Document::flag(std::string_view name) const {
    const auto at = find_as(bson_.get(), name, BSON_TYPE_BOOL);
    return at && mongo().bson_iter_bool(&*at);
}

std::string Document::text(std::string_view name) const { return required(find_text(name), name); }
std::int64_t Document::integer(std::string_view name) const {
    return required(find_integer(name), name);
}
Uuid Document::uuid(std::string_view name) const { return required(find_uuid(name), name); }
Time Document::time(std::string_view name) const { return required(find_time(name), name); }

Document Document::document(std::string_view name) const {
    return document_at(required(find(bson_.get(), name), name), name);
}

std::vector<Uuid> Document::uuids(std::string_view name) const {
    return items_of<Uuid>(bson_.get(), name, uuid_at);
}

std::vector<Document> Document::documents(std::string_view name) const {
    return items_of<Document>(bson_.get(), name, document_at);
}

}  // namespace loquat::store
