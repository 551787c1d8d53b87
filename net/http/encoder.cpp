#include <charconv>
#include <chrono>
#include <ctime>

#include "base/failure.hpp"
#include "net/http/characters.hpp"
#include "net/http/codec.hpp"

namespace loquat::net::http {
namespace {

void append_number(std::string& out, std::uint64_t number, int base) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number, base);
    out.append(digits, end.ptr);
}

struct DateLine {
    std::time_t second = -1;
    char text[40];
    std::size_t size = 0;
};

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
        }
        if (static_cast<unsigned char>(c) >= 0x20) {
            out += c;
        }
    }
    out += '"';
}

}  // namespace

void append_status_line(std::string& out, int status) {
    if (status == 200) {
        out += "HTTP/1.1 200 OK\r\n";
        return;
    }
    out += "HTTP/1.1 ";
    append_number(out, static_cast<std::uint64_t>(status), 10);
    out += ' ';
    out += reason_of(status);
    out += "\r\n";
}

void append_request_line(std::string& out, std::string_view method, std::string_view target) {
    out += method;
    out += ' ';
    out += target;
    out += " HTTP/1.1\r\n";
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    const std::size_t before = out.size();
    const std::size_t after = before + name.size() + value.size() + 4;
    // The size that libstdc++ 12 hands to the callback can be larger than the one asked for.
    out.resize_and_overwrite(after, [&](char* to, std::size_t) {
        char* at = std::copy(name.begin(), name.end(), to + before);
        *at++ = ':';
        *at++ = ' ';
        at = std::copy(value.begin(), value.end(), at);
        *at++ = '\r';
        *at = '\n';
        return after;
    });
}

void append_field(std::string& out, std::string_view name, std::uint64_t value) {
    out += name;
    out += ": ";
    append_number(out, value, 10);
    out += "\r\n";
}

bool is_valid_field(std::string_view name, std::string_view value) {
    return is_token(name) && are_all_in(value, value_class);
}

void append_checked_field(std::string& out, std::string_view name, std::string_view value) {
    if (!is_valid_field(name, value)) {
        throw Failure{Kind::internal, "http.bad_header", "A header field cannot be sent.",
                      std::string{name}};
    }
    append_field(out, name, value);
}

void append_date(std::string& out) {
    static thread_local DateLine line;
    timespec now{};
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (now.tv_sec != line.second) {
        tm parts{};
        gmtime_r(&now.tv_sec, &parts);
        line.second = now.tv_sec;
        line.size = std::strftime(line.text, sizeof line.text,
                                  "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
    }
    out.append(line.text, line.size);
}

void append_chunk_line(std::string& out, std::uint64_t size) {
    append_number(out, size, 16);
    out += "\r\n";
}

std::string problem_json(int status, std::string_view code, std::string_view detail,
                         std::string_view request_id) {
    std::string out = R"({"type":"about:blank","title":)";
    append_json_string(out, reason_of(status));
    out += R"(,"status":)";
    append_number(out, static_cast<std::uint64_t>(status), 10);
    out += R"(,"detail":)";
    append_json_string(out, detail);
    out += R"(,"code":)";
    append_json_string(out, code);
    if (!request_id.empty()) {
        out += R"(,"request_id":)";
        append_json_string(out, request_id);
    }
    out += '}';
    return out;
}

}  // namespace loquat::net::http
