#include "services/auth/domain/password_rules.hpp"

#include <algorithm>

#include "base/failure.hpp"
#include "base/text.hpp"
#include "base/unicode/precis.hpp"

namespace loquat::auth {
namespace {

constexpr std::size_t characters_min = 10;
constexpr std::size_t characters_max = 128;

[[noreturn]] void refuse(std::string_view field, std::string code, std::string message) {
    throw Failure{Kind::invalid, "auth.weak_password", "The password " + message + "."}.at(
        std::string{field}, std::move(code), std::move(message));
}

bool is_one_character(std::string_view text) {
    return std::ranges::all_of(text, [&](char c) { return c == text.front(); });
}

}  // namespace

std::string to_new_password(std::string_view field, std::string_view text) {
    auto password = precis::to_opaque_string(text);
    if (!password && !text.empty()) {
        refuse(field, "characters", "may hold no control characters and nothing that is not shown");
    }
    return std::move(password).value_or("");
}

std::vector<std::string> list_password_forms(std::string_view text) {
    std::vector<std::string> forms;
    if (auto password = precis::to_opaque_string(text)) {
        forms.push_back(*std::move(password));
    }
    if (forms.empty() || forms.front() != text) {
        forms.emplace_back(text);
    }
    return forms;
}

void check_new_password(std::string_view field, std::string_view password,
                        std::string_view username, const std::optional<std::string>& email) {
    const std::size_t count = is_utf8(password) ? count_characters(password) : 0;
    if (count < characters_min || count > characters_max) {
        refuse(field, "length", "must have 10 to 128 characters");
    }
    if (equal_ignoring_case(password, username) ||
        (email && equal_ignoring_case(password, *email))) {
        refuse(field, "is_name", "must not be the user name or the e-mail address");
    }
    if (is_one_character(password) || is_common_password(password)) {
        refuse(field, "too_common", "is one of the first that anybody would try");
    }
}

}  // namespace loquat::auth
