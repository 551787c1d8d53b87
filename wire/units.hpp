#pragma once
#include <algorithm>
#include <chrono>
#include <concepts>
#include <ratio>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/size.hpp"
#include "wire/describe.hpp"

// Members that count a unit: std::chrono durations and Mebibytes.  In JSON they are whole numbers
// of it, and the member's name says the unit as a word of its own: `retry_ms_max`, `list_seconds`.
namespace loquat::wire {

// Empty: counts none.
template <class T>
inline constexpr std::string_view unit_of{};
template <std::integral Rep>
inline constexpr std::string_view unit_of<std::chrono::duration<Rep, std::milli>>{"ms"};
template <std::integral Rep>
inline constexpr std::string_view unit_of<std::chrono::duration<Rep>>{"seconds"};
template <std::integral Rep>
inline constexpr std::string_view unit_of<std::chrono::duration<Rep, std::ratio<60>>>{"minutes"};
template <std::integral Rep>
inline constexpr std::string_view unit_of<std::chrono::duration<Rep, std::ratio<3600>>>{"hours"};
template <std::integral Rep>
inline constexpr std::string_view unit_of<std::chrono::duration<Rep, std::ratio<86400>>>{"days"};
template <>
inline constexpr std::string_view unit_of<Mebibytes>{"mib"};

template <class T>
concept Counted = !unit_of<T>.empty();

template <Counted T>
using CountOf = std::remove_cvref_t<decltype(std::declval<T>().count())>;

constexpr bool has_word(std::string_view name, std::string_view word) {
    while (!name.empty()) {
        const std::size_t end = std::min(name.find('_'), name.size());
        if (name.substr(0, end) == word) {
            return true;
        }
        name.remove_prefix(std::min(end + 1, name.size()));
    }
    return false;
}

template <Described T>
consteval bool names_say_units() {
    bool all = true;
    for_each_member<T>([&](std::string_view name, auto pointer) {
        using M = std::remove_cvref_t<decltype(std::declval<T&>().*pointer)>;
        if constexpr (Counted<M>) {
            all = all && has_word(name, unit_of<M>);
        }
    });
    return all;
}

}  // namespace loquat::wire
