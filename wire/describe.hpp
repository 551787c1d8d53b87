#pragma once
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>

#include <cstdint>
#include <limits>
#include <string_view>

namespace loquat::wire {

// What a member's type cannot say.  A struct may carry `static constexpr std::array<wire::Field, N>
// fields`; codecs refuse values outside, OpenAPI and `config show` print them.
//   strings: `min` and `max` count characters; arrays: items; numbers: the value itself.
struct Field {
    std::string_view name;
    std::int64_t min = std::numeric_limits<std::int64_t>::min();
    std::int64_t max = std::numeric_limits<std::int64_t>::max();
    std::string_view doc = {};
    // The `format` of OpenAPI, such as `email`: says more of what the use case checks.
    std::string_view format = {};
};

template <class T>
concept Described = boost::describe::has_describe_members<T>::value;
template <class T>
concept DescribedEnum = boost::describe::has_describe_enumerators<T>::value;

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public |
                                                         boost::describe::mod_inherited>;

// A name of a member or of a value of an enum that is a word of C++ is written with an underscore
// behind it: `default_` is "default" in JSON.
constexpr std::string_view json_name(std::string_view member) {
    return member.ends_with('_') ? member.substr(0, member.size() - 1) : member;
}

template <class T, class Visit>
constexpr void for_each_member(Visit visit) {
    boost::mp11::mp_for_each<Members<T>>(
        [&](auto member) { visit(json_name(member.name), member.pointer); });
}

// The Field of that member, or one without limits.
template <class T>
constexpr Field field_of(std::string_view name) {
    if constexpr (requires { T::fields; }) {
        for (const Field& field : T::fields) {
            if (field.name == name) {
                return field;
            }
        }
    }
    return Field{.name = name};
}

}  // namespace loquat::wire
