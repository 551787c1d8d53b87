#pragma once
#include <utility>

#include "base/text.hpp"
#include "wire/codec.hpp"

// The limits of fields, asked of a value that is a struct already.  The codec judges: what lies
// within needs no look by it.
namespace loquat::wire {
namespace detail {

constexpr bool is_limited(const Field& field) {
    return field.min != Field{}.min || field.max != Field{}.max;
}

// Whether a T, as a member that `field` describes, can be outside limits at all.
template <class T>
constexpr bool can_be_outside(const Field& field);

template <Described T>
constexpr bool has_limited_member() {
    bool found = false;
    for_each_member<T>([&](std::string_view name, auto pointer) {
        using M = std::remove_cvref_t<decltype(std::declval<T&>().*pointer)>;
        found = found || can_be_outside<M>(field_of<T>(name));
    });
    return found;
}

template <class T>
constexpr bool can_be_outside(const Field& field) {
    if constexpr (IsOptional<T>::value) {
        return can_be_outside<typename T::value_type>(field);
    } else if constexpr (IsVector<T>::value) {
        return is_limited(field) || can_be_outside<typename T::value_type>(Field{});
    } else if constexpr (is_map<T>) {
        return is_limited(field) || can_be_outside<typename T::mapped_type>(Field{});
    } else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, Value> || DescribedEnum<T> ||
                         std::is_same_v<T, Time> || std::is_same_v<T, Uuid> || IsId<T>::value) {
        return false;
    } else if constexpr (std::is_arithmetic_v<T> || Counted<T> || std::is_same_v<T, std::string>) {
        return is_limited(field);
    } else {
        return has_limited_member<T>();
    }
}

template <class T>
bool is_within(const T& value, const Field& field) {
    if constexpr (IsOptional<T>::value) {
        return !value || is_within(*value, field);
    } else if constexpr (std::is_integral_v<T>) {
        return std::cmp_greater_equal(value, field.min) && std::cmp_less_equal(value, field.max);
    } else if constexpr (Counted<T>) {
        return is_within(value.count(), field);
    } else if constexpr (std::is_floating_point_v<T>) {
        return value >= static_cast<T>(field.min) && value <= static_cast<T>(field.max);
    } else if constexpr (std::is_same_v<T, std::string>) {
        return is_within(count_characters(value), field);
    } else if constexpr (IsVector<T>::value) {
        if (!is_within(value.size(), field)) {
            return false;
        }
        if constexpr (can_be_outside<typename T::value_type>(Field{})) {
            for (const auto& item : value) {
                if (!is_within(item, Field{})) {
                    return false;
                }
            }
        }
        return true;
    } else if constexpr (is_map<T>) {
        bool within = is_within(value.size(), field);
        if constexpr (can_be_outside<typename T::mapped_type>(Field{})) {
            for (const auto& [name, entry] : value) {
                within = within && is_within(entry, Field{});
            }
        }
        return within;
    } else {
        bool within = true;
        boost::mp11::mp_for_each<Members<T>>([&](auto member) {
            using M = std::remove_cvref_t<decltype(value.*member.pointer)>;
            constexpr Field limits = field_of<T>(json_name(decltype(member)::name));
            if constexpr (can_be_outside<M>(limits)) {
                within = within && is_within(value.*member.pointer, limits);
            }
        });
        return within;
    }
}

}  // namespace detail

// Throws what reading the same value from JSON throws: `request.invalid` that names each bad field.
// Allocates nothing for a good one.
template <Described T>
void check_limits(const T& value) {
    if constexpr (detail::has_limited_member<T>()) {
        if (!detail::is_within(value, Field{})) {
            from_json<T>(encode(value));
        }
    }
}

}  // namespace loquat::wire
