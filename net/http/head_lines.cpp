#include "net/http/head_lines.hpp"

#include <algorithm>
#include <cstring>

namespace loquat::net::http::detail {
namespace {

// Size of the token or quoted string that `text` begins with; 0 when it begins with neither.
std::size_t word_size(std::string_view text) {
    std::size_t size = 0;
    if (!text.starts_with('"')) {
        while (size < text.size() && is_in(text[size], token_class)) {
            ++size;
        }
        return size;
    }
    for (size = 1; size < text.size() && text[size] != '"'; ++size) {
        size += text[size] == '\\' ? 1U : 0U;
    }
    return size < text.size() ? size + 1 : 0;
}

// Takes the sign that `text` begins with, blanks around it left out; false when it is another.
bool take_sign(std::string_view& text, char sign) {
    const std::string_view rest = trim_blanks(text);
    if (!rest.starts_with(sign)) {
        return false;
    }
    text = trim_blanks(rest.substr(1));
    return true;
}

}  // namespace

// #( token *( OWS ";" OWS token BWS "=" BWS ( token / quoted-string ) ) ), members may be empty.
bool TransferCodings::take(std::string_view value) {
    lines_ = true;
    value = trim_blanks(value);
    while (!value.empty()) {
        if (take_sign(value, ',')) {
            continue;
        }
        const std::size_t size = value.front() == '"' ? 0 : word_size(value);
        if (size == 0 || chunked_) {
            return false;
        }
        chunked_ = equal_names(value.substr(0, size), "chunked");
        others_ = others_ || !chunked_;
        value.remove_prefix(size);
        while (take_sign(value, ';')) {
            const std::size_t name = value.starts_with('"') ? 0 : word_size(value);
            value.remove_prefix(name);
            const bool is_pair = name > 0 && !chunked_ && take_sign(value, '=');
            const std::size_t content = is_pair ? word_size(value) : 0;
            if (content == 0) {
                return false;
            }
            value.remove_prefix(content);
        }
        value = trim_blanks(value);
        if (!value.empty() && value.front() != ',') {
            return false;
        }
    }
    return true;
}

ParseError TransferCodings::judge() const {
    if (!chunked_) {
        return ParseError::bad_encoding;
    }
    return others_ ? ParseError::unsupported_encoding : ParseError::none;
}

LineState next_line(std::string_view bytes, const Limits& limits, HeadLines& lines,
                    std::string_view& line) {
    const auto* from = bytes.data() + lines.scanned;
    const void* found = bytes.size() > lines.scanned
                            ? std::memchr(from, '\n', bytes.size() - lines.scanned)
                            : nullptr;
    const bool whole = found != nullptr;
    const std::size_t end =
        whole ? static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data())
              : bytes.size();
    const std::size_t length = end - lines.line_begin;
    if (length > limits.line_bytes_max + 1 || end + (whole ? 1 : 0) > limits.header_bytes_max) {
        return LineState::too_large;
    }
    if (!whole) {
        lines.scanned = end;
        return LineState::need_more;
    }
    if (length == 0 || bytes[end - 1] != '\r') {
        return LineState::bad_end;
    }
    line = bytes.substr(lines.line_begin, length - 1);
    lines.line_begin = lines.scanned = end + 1;
    return LineState::line;
}

bool split_field(std::string_view line, HeaderView& header) {
    std::size_t colon = 0;
    while (colon < line.size() && is_in(line[colon], token_class)) {
        ++colon;
    }
    if (colon == 0 || colon == line.size() || line[colon] != ':') {
        return false;
    }
    header.name = line.substr(0, colon);
    header.value = trim_blanks(line.substr(colon + 1));
    return is_value(header.value);
}

bool parse_length(std::string_view text, std::uint64_t& length) {
    if (text.empty() || text.size() > 19) {
        return false;
    }
    std::uint64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') {
            return false;
        }
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    length = value;
    return value <= 0x7fff'ffff'ffff'ffffULL;
}

int parse_version(std::string_view text) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (text.size() != 8 || !text.starts_with("HTTP/") || !is_digit(text[5]) || text[6] != '.' ||
        !is_digit(text[7])) {
        return -2;
    }
    if (text[5] != '1') {
        return -1;
    }
    return text[7] == '0' ? 0 : 1;
}

void ConnectionOptions::take(std::string_view value) {
    while (!value.empty()) {
        const std::size_t comma = std::min(value.find(','), value.size());
        const std::string_view word = trim_blanks(value.substr(0, comma));
        close = close || equal_names(word, "close");
        keep_alive = keep_alive || equal_names(word, "keep-alive");
        upgrade = upgrade || equal_names(word, "upgrade");
        value.remove_prefix(std::min(comma + 1, value.size()));
    }
}

}  // namespace loquat::net::http::detail
