#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "wire/codec.hpp"

namespace loquat::wire {

// The shape of a type as data: what OpenAPI and TypeScript are printed from.
struct Schema {
    enum class Kind {
        any,
        boolean,
        integer,
        number,
        string,
        uuid,
        time,
        enumeration,
        literal,  // one text
        array,
        map,  // from any names
        object,
        one_of
    };
    struct Property {
        std::string name;
        std::string doc;
        std::string format;
        bool required = true;
        bool nullable = false;
        std::vector<Schema> type;  // exactly one; a vector because Schema is incomplete here
        std::optional<std::int64_t> min;
        std::optional<std::int64_t> max;
    };

    Kind kind = Kind::any;
    std::string name;                 // of an object or enumeration: the struct's name
    std::vector<std::string> values;  // of an enumeration; of a literal exactly one
    std::vector<Schema> item;         // of an array or map: exactly one; of one_of the alternatives
    std::vector<Property> properties;  // of an object
};

// What is one of several tagged structs: derived from, so that it has a name.  Only a shape; values
// are of one alternative, or Encoded.
template <class... T>
struct OneOf {
    using Alternatives = boost::mp11::mp_list<T...>;
};

namespace detail {

template <class T>
concept IsOneOf = requires { typename T::Alternatives; };

std::string short_type_name(std::string_view pretty_function);

template <class T>
std::string type_name() {
    return short_type_name(__PRETTY_FUNCTION__);
}

template <class T>
Schema schema_of();

template <class T, class M>
Schema::Property property_of(std::string_view name) {
    const Field field = field_of<T>(name);
    Schema::Property property{.name = std::string{name},
                              .doc = std::string{field.doc},
                              .format = std::string{field.format}};
    if constexpr (IsOptional<M>::value) {
        property.required = writes_null<T>(name);
        // What is told by servers alone is left out or there; null is only what is listed so.
        property.nullable = !Tagged<T> || property.required;
        property.type.push_back(schema_of<typename M::value_type>());
    } else {
        property.required = !may_be_absent<T>(name);
        property.type.push_back(schema_of<M>());
    }
    if (field.min != std::numeric_limits<std::int64_t>::min()) {
        property.min = field.min;
    }
    if (field.max != std::numeric_limits<std::int64_t>::max()) {
        property.max = field.max;
    }
    return property;
}

template <class T>
Schema schema_of() {
    using Kind = Schema::Kind;
    if constexpr (IsOptional<T>::value) {
        return schema_of<typename T::value_type>();
    } else if constexpr (is_encoded<T>) {
        return schema_of<typename T::Type>();
    } else if constexpr (IsOneOf<T>) {
        Schema schema{.kind = Kind::one_of, .name = type_name<T>()};
        boost::mp11::mp_for_each<
            boost::mp11::mp_transform<std::type_identity, typename T::Alternatives>>(
            [&](auto one) { schema.item.push_back(schema_of<typename decltype(one)::type>()); });
        return schema;
    } else if constexpr (std::is_same_v<T, bool>) {
        return {.kind = Kind::boolean};
    } else if constexpr (std::is_integral_v<T> || Counted<T>) {
        return {.kind = Kind::integer};
    } else if constexpr (std::is_floating_point_v<T>) {
        return {.kind = Kind::number};
    } else if constexpr (std::is_same_v<T, std::string>) {
        return {.kind = Kind::string};
    } else if constexpr (std::is_same_v<T, Time>) {
        return {.kind = Kind::time};
    } else if constexpr (std::is_same_v<T, Uuid> || IsId<T>::value) {
        return {.kind = Kind::uuid};
    } else if constexpr (IsVector<T>::value) {
        return {.kind = Kind::array, .item = {schema_of<typename T::value_type>()}};
    } else if constexpr (is_map<T>) {
        return {.kind = Kind::map, .item = {schema_of<typename T::mapped_type>()}};
    } else if constexpr (DescribedEnum<T>) {
        return {.kind = Kind::enumeration, .name = type_name<T>(), .values = enum_names<T>()};
    } else if constexpr (Described<T>) {
        Schema schema{.kind = Kind::object, .name = type_name<T>()};
        if constexpr (Tagged<T>) {
            Schema::Property tag{.name = "type"};
            tag.type.push_back({.kind = Kind::literal, .values = {std::string{T::event_type}}});
            schema.properties.push_back(std::move(tag));
        }
        for_each_member<T>([&](std::string_view name, auto pointer) {
            using M = std::remove_cvref_t<decltype(std::declval<T&>().*pointer)>;
            schema.properties.push_back(property_of<T, M>(name));
        });
        return schema;
    } else {
        return {.kind = Kind::any};
    }
}

}  // namespace detail

template <class T>
Schema schema_of() {
    return detail::schema_of<T>();
}

// All named objects and enumerations within `schema`, by name.
void collect_named(const Schema& schema, std::map<std::string, Schema>& out);
// OpenAPI 3.1 (JSON Schema 2020-12); named types become references to #/components/schemas.
Value to_openapi(const Schema& schema);
Value to_openapi_definition(const Schema& schema);
// `export interface Chat {...}` or `export type ChatKind = "direct" | "group"`.
std::string to_typescript(const Schema& schema);
std::string typescript_type(const Schema& schema);

}  // namespace loquat::wire
