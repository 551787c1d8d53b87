#include "services/model/domain/too_long.hpp"

#include <algorithm>
#include <string>

#include "base/text.hpp"

namespace loquat::model {
namespace {

constexpr std::int64_t figure_min = 64;  // below that a number is something else
constexpr std::int64_t figure_max = 1'000'000'000;

bool has_any(std::string_view text, const auto& phrases) {
    return std::ranges::any_of(phrases, [&](std::string_view phrase) {
        return text.find(phrase) != std::string_view::npos;
    });
}

constexpr std::string_view codes[] = {
    "context_length",    "context_window",  "exceed_context_size",    "string_above_max_length",
    "request_too_large", "prompt_too_long", "input_too_long",         "max_prompt_tokens",
    "tokens_limit",      "token_limit",     "content_length_exceeded"};

// As the servers in use say it.
constexpr std::string_view sentences[] = {"context length",       "context size",
                                          "context window",       "context limit",
                                          "maximum context",      "maximum model length",
                                          "max_model_len",        "maximum prompt length",
                                          "prompt is too long",   "prompt too long",
                                          "prompt is longer",     "prompt exceeds",
                                          "input is too long",    "input too long",
                                          "input is longer",      "input length",
                                          "input token count",    "inputs tokens",
                                          "`inputs` tokens",      "`inputs` must have less",
                                          "too many tokens",      "token limit",
                                          "tokens limit",         "maximum number of tokens",
                                          "maximum tokens",       "reduce the length",
                                          "reduce your prompt",   "reduce your message",
                                          "exceeds max length",   "longer than the maximum",
                                          "too large for model",  "request too large",
                                          "max_total_tokens",     "conversation is too long",
                                          "messages are too long"};

constexpr std::string_view limit_words[] = {
    "maximum", "max ",         "limit",        "at most", "context length", "context size",
    "n_ctx",   "model length", "allowed",      "<=",      "less than",      "cannot exceed",
    "[1,",     "up to",        "exceeds the ", "window"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_part_of_name(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
}

struct Number {
    std::int64_t value = 0;
    std::size_t begin = 0;
    std::size_t end = 0;
};

// A whole number that stands alone, with commas for thousands or without.
std::optional<Number> next_number(std::string_view text, std::size_t from) {
    for (std::size_t at = from; at < text.size(); ++at) {
        if (!is_digit(text[at])) {
            continue;
        }
        Number number{0, at, at};
        const bool is_inside = at > 0 && is_part_of_name(text[at - 1]);
        while (number.end < text.size() &&
               (is_digit(text[number.end]) ||
                (text[number.end] == ',' && number.end + 1 < text.size() &&
                 is_digit(text[number.end + 1])))) {
            if (is_digit(text[number.end]) && number.value <= figure_max) {
                number.value = number.value * 10 + (text[number.end] - '0');
            }
            ++number.end;
        }
        const bool goes_on =
            number.end < text.size() && text[number.end] >= 'a' && text[number.end] <= 'z';
        if (!is_inside && !goes_on && number.value >= figure_min && number.value <= figure_max) {
            return number;
        }
        at = number.end - 1;
    }
    return std::nullopt;
}

}  // namespace

bool says_too_long(std::string_view words, std::string_view message) {
    return has_any(words, codes) || has_any(to_lower_ascii(message), sentences);
}

SaidTokens read_said_tokens(std::string_view message) {
    const std::string text = to_lower_ascii(message);
    SaidTokens said;
    std::int64_t largest = 0;
    std::size_t from = 0;
    while (const auto number = next_number(text, from)) {
        const std::string_view before = std::string_view{text}.substr(from, number->begin - from);
        const std::string_view after = std::string_view{text}.substr(number->end, 12);
        const bool is_excess = before.ends_with("by ");
        const bool is_limit = has_any(before, limit_words) || after.starts_with(" maximum") ||
                              after.starts_with(" max");
        if (is_limit && !is_excess && !said.limit) {
            said.limit = number->value;
        } else if (!is_excess) {
            largest = std::max(largest, number->value);
        }
        from = number->end;
    }
    if (said.limit && largest > *said.limit) {
        said.needed = largest;
    }
    return said;
}

}  // namespace loquat::model
