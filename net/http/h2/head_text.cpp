#include "net/http/h2/head_text.hpp"

#include <algorithm>
#include <array>

namespace loquat::net::http::h2 {
namespace {

constexpr std::size_t field_overhead = 32;  // RFC 9113 section 10.5.1
constexpr std::size_t flood_factor = 4;
constexpr std::string_view line_end = "\r\n";

void append_line(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    out += value;
    out += line_end;
}

// RFC 9113 section 8.2.2.
bool is_of_the_connection(std::string_view name) {
    constexpr std::array names{"connection", "keep-alive", "transfer-encoding", "upgrade",
                               "proxy-connection"};
    return std::ranges::find(names, name) != names.end();
}

char to_small(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

}  // namespace

RequestText::Take RequestText::take(std::string_view name, std::string_view value) {
    bytes_ += name.size() + value.size() + field_overhead;
    if (bytes_ > bytes_max_) {
        return bytes_ > flood_factor * bytes_max_ ? Take::flood : Take::too_large;
    }
    if (name == ":method") {
        method_ = value;
    } else if (name == ":path") {
        path_ = value;
    } else if (name == ":authority") {
        authority_ = value;
    } else if (name == "cookie") {
        // A list that HTTP/2 may send in pieces (RFC 9113 section 8.2.3).
        cookie_ += cookie_.empty() ? "" : "; ";
        cookie_ += value;
    } else if (name == "host") {
        hosts_.emplace_back(value);
    } else if (!name.starts_with(':')) {
        has_length_ = has_length_ || name == "content-length";
        append_line(fields_, name, value);
    }
    return Take::taken;
}

std::string RequestText::to_text(bool has_body) const {
    std::string text;
    text.reserve(bytes_ + 64);
    text += method_;
    text += ' ';
    text += path_;
    text += " HTTP/1.1";
    text += line_end;
    const bool is_said_twice = !hosts_.empty() && equal_names(hosts_.front(), authority_);
    if (!authority_.empty() && !is_said_twice) {
        append_line(text, "host", authority_);
    }
    for (const std::string& host : hosts_) {
        append_line(text, "host", host);  // the parser refuses a second one
    }
    text += fields_;
    if (!cookie_.empty()) {
        append_line(text, "cookie", cookie_);
    }
    if (has_body && !has_length_) {
        append_line(text, "transfer-encoding", "chunked");
    }
    text += line_end;
    return text;
}

std::vector<AnswerField> answer_fields(std::string_view head) {
    std::vector<AnswerField> fields;
    head.remove_prefix(std::min(head.size(), head.find(line_end) + line_end.size()));
    while (!head.empty()) {
        const std::size_t end = std::min(head.size(), head.find(line_end));
        const std::string_view line = head.substr(0, end);
        head.remove_prefix(std::min(head.size(), end + line_end.size()));
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) {
            continue;
        }
        std::string name{line.substr(0, colon)};
        std::ranges::transform(name, name.begin(), to_small);
        std::string_view value = line.substr(colon + 1);
        value.remove_prefix(std::min(value.size(), value.find_first_not_of(" \t")));
        if (!is_of_the_connection(name)) {
            fields.push_back({std::move(name), value});
        }
    }
    return fields;
}

}  // namespace loquat::net::http::h2
