#include "services/auth/domain/names.hpp"

#include <algorithm>

#include "base/cut.hpp"
#include "base/failure.hpp"
#include "base/text.hpp"
#include "base/unicode/characters.hpp"
#include "base/unicode/fold.hpp"
#include "base/unicode/precis.hpp"
#include "services/auth/domain/reserved_names.hpp"

namespace loquat::auth {
namespace {

constexpr std::size_t username_min = 3;
constexpr std::size_t username_max = 32;
constexpr std::string_view assistant_username = "assistant";
constexpr std::size_t email_max = 254;       // RFC 5321 section 4.5.3.1.3, without the brackets
constexpr std::size_t email_local_max = 64;  // section 4.5.3.1.1
constexpr std::size_t label_max = 63;        // RFC 1035 section 2.3.4
constexpr std::size_t display_name_max = 64;
constexpr std::size_t user_agent_max = 256;
// UTS 39 section 5.4: more of them on one letter stand over the lines around.
constexpr std::size_t marks_in_a_row_max = 4;

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

// Marks stand on letters, and few on each.
bool has_stray_marks(std::string_view text) {
    std::size_t row = marks_in_a_row_max;  // none at the beginning
    for (const char32_t character : unicode::to_characters(text)) {
        const auto category = unicode::traits_of(character).category;
        const bool is_mark =
            category == unicode::Category::mark || category == unicode::Category::enclosing_mark;
        row = is_mark ? row + 1 : 0;
        if (row > marks_in_a_row_max) {
            return true;
        }
    }
    return false;
}

// Characters with a place in the class that show nothing or only that something is missing.
bool has_blanks(std::string_view text) {
    constexpr std::u32string_view blanks = U"\u2800\uFFFC\uFFFD\U0001D159";
    return unicode::to_characters(text).find_first_of(blanks) != std::u32string::npos;
}

}  // namespace

std::string to_username(std::string_view text, NameChoice choice) {
    const std::string folded = precis::to_username_case_mapped(text).value_or("");
    if (folded.empty() && !text.empty()) {
        throw invalid_field("username", "characters", "may hold only a-z, 0-9, _ . and -");
    }
    if (folded.size() < username_min || folded.size() > username_max) {
        throw invalid_field("username", "length", "must have 3 to 32 characters");
    }
    if (!std::ranges::all_of(folded, is_username_character)) {
        throw invalid_field("username", "characters", "may hold only a-z, 0-9, _ . and -");
    }
    // Not even an administrator gives away the name that asks a model.
    const bool is_reserved =
        choice == NameChoice::own ? is_reserved_username(folded) : folded == assistant_username;
    if (is_reserved) {
        throw invalid_field("username", "reserved", "is reserved; choose another");
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
    const std::string name = precis::to_nickname(text).value_or("");
    const bool is_blank = is_utf8(text) && trim(text).empty();
    if (!is_blank && (name.empty() || has_stray_marks(name) || has_blanks(name))) {
        throw invalid_field("display_name", "characters",
                            "must be one line of text that can be seen and runs one way");
    }
    const std::size_t count = count_characters(name);
    if (count < 1 || count > display_name_max) {
        throw invalid_field("display_name", "length", "must have 1 to 64 characters");
    }
    return name;
}

std::string to_shown_name(std::string_view display_name, std::string_view username) {
    try {
        return to_display_name(display_name);
    } catch (const Failure&) {
        return std::string{username};
    }
}

std::string username_of_removed(const UserId& id) {
    constexpr std::size_t tail = 12;
    const std::string text = id.to_string();
    return "removed-" + text.substr(text.size() - tail);
}

std::string to_login(std::string_view text) {
    const std::string_view trimmed = trim(text);
    if (trimmed.contains('@')) {
        return to_lower_ascii(trimmed);
    }
    return precis::to_username_case_mapped(trimmed).value_or(to_lower_ascii(trimmed));
}

std::string to_user_agent(std::string_view text) {
    const std::string_view cut = cut_text(text, user_agent_max);
    const bool printable = std::ranges::all_of(cut, [](char c) { return c >= ' ' && c <= '~'; });
    return printable ? std::string{cut} : std::string{};
}

}  // namespace loquat::auth
