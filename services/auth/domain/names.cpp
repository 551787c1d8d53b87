#include "services/auth/domain/names.hpp"

#include <algorithm>

#include "base/cut.hpp"
#include "base/failure.hpp"
#include "base/text.hpp"

namespace loquat::auth {
namespace {

constexpr std::size_t username_min = 3;
constexpr std::size_t username_max = 32;
constexpr std::string_view reserved_username = "assistant";
constexpr std::size_t email_max = 254;       // RFC 5321 section 4.5.3.1.3, without the brackets
constexpr std::size_t email_local_max = 64;  // section 4.5.3.1.1
constexpr std::size_t label_max = 63;        // RFC 1035 section 2.3.4
constexpr std::size_t display_name_max = 64;
constexpr std::size_t user_agent_max = 256;

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_username_character(char c) {
    return is_letter_or_digit(c) || c == '_' || c == '.' || c == '-';
}

// The atom characters of RFC 5322 section 3.2.3 and the dot; quoted local parts are not accepted.
bool is_local_character(char c) {
    return is_letter_or_digit(c) || std::string_view{"!#$%&'*+/=?^_`{|}~-."}.contains(c);
}

bool is_label(std::string_view label) {
    return !label.empty() && label.size() <= label_max && label.front() != '-' &&
           label.back() != '-' &&
           std::ranges::all_of(label, [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

bool is_domain(std::string_view domain) {
    return domain.contains('.') && std::ranges::all_of(split(domain, '.'), is_label);
}

bool is_local_part(std::string_view local) {
    return !local.empty() && local.size() <= email_local_max && local.front() != '.' &&
           local.back() != '.' && !local.contains("..") &&
           std::ranges::all_of(local, is_local_character);
}

bool is_email(std::string_view text) {
    const auto at = text.find('@');
    return text.size() <= email_max && at != std::string_view::npos &&
           is_local_part(text.substr(0, at)) && is_domain(text.substr(at + 1));
}

}  // namespace

std::string to_username(std::string_view text) {
    std::string folded = to_lower_ascii(text);
    if (folded.size() < username_min || folded.size() > username_max) {
        throw invalid_field("username", "length", "must have 3 to 32 characters");
    }
    if (!std::ranges::all_of(folded, is_username_character)) {
        throw invalid_field("username", "characters", "may hold only a-z, 0-9, _ . and -");
    }
    if (folded == reserved_username) {
        throw invalid_field("username", "reserved", "is the name of the assistant");
    }
    return folded;
}

std::optional<std::string> to_email(std::string_view text) {
    std::string folded = to_lower_ascii(trim(text));
    if (folded.empty()) {
        return std::nullopt;
    }
    if (!is_email(folded)) {
        throw invalid_field("email", "format", "must be an e-mail address such as ann@example.com");
    }
    return folded;
}

std::string to_display_name(std::string_view text) {
    const std::string_view trimmed = trim(text);
    if (!is_utf8(trimmed) || find_control_character(trimmed) || trimmed.contains('\n') ||
        trimmed.contains('\t')) {
        throw invalid_field("display_name", "characters", "must be one line of text");
    }
    const std::size_t count = count_characters(trimmed);
    if (count < 1 || count > display_name_max) {
        throw invalid_field("display_name", "length", "must have 1 to 64 characters");
    }
    return std::string{trimmed};
}

std::string to_login(std::string_view text) { return to_lower_ascii(trim(text)); }

std::string to_user_agent(std::string_view text) {
    const std::string_view cut = cut_text(text, user_agent_max);
    const bool printable = std::ranges::all_of(cut, [](char c) { return c >= ' ' && c <= '~'; });
    return printable ? std::string{cut} : std::string{};
}

}  // namespace loquat::auth
