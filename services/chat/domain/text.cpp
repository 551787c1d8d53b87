#include "services/chat/domain/text.hpp"

#include <algorithm>

#include "base/failure.hpp"
#include "base/markdown/plain_text.hpp"
#include "base/text.hpp"
#include "base/unicode/fold.hpp"

namespace loquat::chat {
namespace {

constexpr std::size_t client_id_characters_max = 64;

[[noreturn]] void refuse_text(std::string_view field, std::string code, std::string field_code,
                              std::string message) {
    const std::string name{field};
    throw Failure{Kind::invalid, std::move(code), name + ": " + message}.at(
        name, std::move(field_code), message);
}

// Of the character with that number; there must be one.
std::size_t offset_of(std::string_view text, std::size_t character) {
    std::size_t at = 0;
    for (; character > 0; --character) {
        do {
            ++at;
        } while ((static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U);
    }
    return at;
}

}  // namespace

std::string to_message_text(std::string text, std::size_t characters_max, std::string_view field) {
    if (text.find('\r') != std::string::npos) {
        text = normalise_line_ends(text);
    }
    if (text.empty()) {
        refuse_text(field, "message.empty", "required", "must have at least one character");
    }
    // A character has at least one byte, so short texts need no counting.
    if (text.size() > characters_max && count_characters(text) > characters_max) {
        refuse_text(field, "message.too_long", "too_long",
                    "must have at most " + std::to_string(characters_max) + " characters");
    }
    if (find_control_character(text)) {
        refuse_text(field, "message.control_character", "control_character",
                    "must not contain control characters other than tab and newline");
    }
    return text;
}

void check_system_prompt(std::string_view field, const std::optional<std::string>& prompt) {
    if (prompt && find_control_character(normalise_line_ends(*prompt))) {
        throw invalid_field(std::string{field}, "control_character",
                            "must not contain control characters other than tab and newline");
    }
}

std::string to_title(std::string_view title, std::size_t characters_max) {
    const std::string_view trimmed = trim(title);
    if (count_characters(trimmed) > characters_max) {
        throw invalid_field("title", "too_long",
                            "must have at most " + std::to_string(characters_max) + " characters");
    }
    if (find_control_character(trimmed) ||
        trimmed.find_first_of("\t\n") != std::string_view::npos) {
        throw invalid_field("title", "control_character", "must not contain control characters");
    }
    const bool is_blank = !trimmed.empty() && unicode::to_look(trimmed).drawn.empty();
    if (is_blank || unicode::to_one_way_line(trimmed) != trimmed) {
        throw invalid_field("title", "characters",
                            "must be one line of text that can be seen and runs one way");
    }
    return std::string{trimmed};
}

std::string to_question_title(std::string_view question, std::size_t characters_max) {
    constexpr std::size_t shown_characters = 48;
    constexpr std::string_view ends = " .,:;!";
    constexpr std::string_view ellipsis = "\u2026";
    const std::string_view text = trim(question);
    const bool is_code = text.starts_with("```") || text.starts_with("~~~");
    const std::string_view line = is_code ? text : text.substr(0, text.find('\n'));
    const std::size_t most = std::min(shown_characters, characters_max);
    std::string title =
        unicode::to_one_way_line(markdown::to_plain_line(line, 5 * shown_characters));
    const bool is_cut = count_characters(title) > most;
    if (is_cut) {
        const std::size_t end = offset_of(title, most - 1);
        const bool is_word_end = title[end] == ' ';
        title.resize(end);
        const std::size_t space = title.rfind(' ');
        title.resize(is_word_end || space == std::string::npos ? end : space);
    }
    title.resize(title.find_last_not_of(ends) + 1);
    return is_cut ? title.append(ellipsis) : title;
}

void check_client_id(std::string_view client_id) {
    if (client_id.empty() || (client_id.size() > client_id_characters_max &&
                              count_characters(client_id) > client_id_characters_max)) {
        throw invalid_field("client_id", client_id.empty() ? "too_short" : "too_long",
                            "must have 1 to 64 characters");
    }
    if (find_control_character(client_id) ||
        client_id.find_first_of("\t\n") != std::string_view::npos) {
        throw invalid_field("client_id", "control_character",
                            "must not contain control characters");
    }
}

std::uint64_t fingerprint(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    }
    return hash;
}

}  // namespace loquat::chat
