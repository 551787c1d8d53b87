#pragma once
#include <string>

#include "wire/json.hpp"

// Members of answers, for those who only compare them.
namespace loquat::test {

// Empty where it is missing or no text.
inline std::string text_of(const wire::Value& value, std::string_view name) {
    const wire::Value* member = value.find(name);
    return member != nullptr && member->if_string() != nullptr ? *member->if_string()
                                                               : std::string{};
}

// 0 where it is missing or no whole number.
inline std::int64_t number_of(const wire::Value& value, std::string_view name) {
    const wire::Value* member = value.find(name);
    const auto* number = member == nullptr ? nullptr : std::get_if<std::int64_t>(&member->any());
    return number == nullptr ? 0 : *number;
}

}  // namespace loquat::test
