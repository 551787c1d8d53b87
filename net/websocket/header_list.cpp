#include "net/websocket/header_list.hpp"

#include "base/text.hpp"

namespace loquat::net::websocket {
namespace {

constexpr std::size_t tokens_max = 32;
constexpr std::size_t extensions_max = 16;

bool is_token_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_(text) {}

    void skip_blanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) {
            ++at_;
        }
    }
    bool take(char wanted) {
        skip_blanks();
        if (at_ >= text_.size() || text_[at_] != wanted) {
            return false;
        }
        ++at_;
        return true;
    }
    bool at_end() {
        skip_blanks();
        return at_ >= text_.size();
    }
    // Empty when there is no token here.
    std::string_view token() {
        skip_blanks();
        const std::size_t start = at_;
        while (at_ < text_.size() && is_token_character(text_[at_])) {
            ++at_;
        }
        return text_.substr(start, at_ - start);
    }
    // After the opening quote; none when unterminated.
    std::optional<std::string> rest_of_quoted() {
        std::string value;
        while (at_ < text_.size() && text_[at_] != '"') {
            if (text_[at_] == '\\' && ++at_ >= text_.size()) {
                return std::nullopt;
            }
            value.push_back(text_[at_++]);
        }
        return at_++ < text_.size() ? std::optional{std::move(value)} : std::nullopt;
    }

  private:
    std::string_view text_;
    std::size_t at_ = 0;
};

std::optional<Parameter> parse_parameter(Scanner& scanner) {
    Parameter parameter{to_lower_ascii(scanner.token()), std::nullopt};
    if (parameter.name.empty()) {
        return std::nullopt;
    }
    if (scanner.take('=')) {
        if (scanner.take('"')) {
            parameter.value = scanner.rest_of_quoted();
        } else {
            parameter.value = std::string{scanner.token()};
        }
        if (!parameter.value || parameter.value->empty()) {
            return std::nullopt;
        }
    }
    return parameter;
}

}  // namespace

bool list_has_token(std::string_view list, std::string_view token) {
    for (const std::string_view member : list_tokens(list)) {
        if (equal_ignoring_case(member, token)) {
            return true;
        }
    }
    return false;
}

std::vector<std::string_view> list_tokens(std::string_view list) {
    std::vector<std::string_view> tokens;
    for (const std::string_view part : split(list, ',')) {
        const std::string_view token = trim(part);
        if (!token.empty() && tokens.size() < tokens_max) {
            tokens.push_back(token);
        }
    }
    return tokens;
}

std::optional<std::vector<Extension>> parse_extensions(std::string_view header) {
    std::vector<Extension> extensions;
    Scanner scanner{header};
    while (!scanner.at_end()) {
        if (scanner.take(',')) {
            continue;
        }
        Extension extension{to_lower_ascii(scanner.token()), {}};
        if (extension.name.empty() || extensions.size() >= extensions_max) {
            return std::nullopt;
        }
        while (scanner.take(';')) {
            auto parameter = parse_parameter(scanner);
            if (!parameter || extension.parameters.size() >= extensions_max) {
                return std::nullopt;
            }
            extension.parameters.push_back(std::move(*parameter));
        }
        extensions.push_back(std::move(extension));
        if (!scanner.at_end() && !scanner.take(',')) {
            return std::nullopt;
        }
    }
    return extensions;
}

}  // namespace loquat::net::websocket
