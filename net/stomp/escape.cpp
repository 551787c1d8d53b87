#include "net/stomp/escape.hpp"

namespace loquat::net::stomp {
namespace {

void append_character(std::string& out, Version version, char c) {
    switch (c) {
        case '\n':
            out += "\\n";
            return;
        case ':':
            out += "\\c";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\r':
            out += version == Version::v1_2 ? "\\r" : " ";
            return;
        default:
            out.push_back(c);
    }
}

}  // namespace

bool has_escapes(Version version, Command command) {
    return version != Version::v1_0 && command != Command::connect && command != Command::connected;
}

void append_escaped(std::string& out, Version version, Command command, std::string_view text) {
    const bool escapes = has_escapes(version, command);
    for (const char c : text) {
        if (escapes) {
            append_character(out, version, c);
        } else {
            out.push_back(c == '\n' || c == '\r' ? ' ' : c);
        }
    }
}

std::optional<std::string> unescape(Version version, std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            out.push_back(text[i]);
            continue;
        }
        const char code = ++i < text.size() ? text[i] : '\0';
        if (code == 'n') {
            out.push_back('\n');
        } else if (code == 'c') {
            out.push_back(':');
        } else if (code == '\\') {
            out.push_back('\\');
        } else if (code == 'r' && version == Version::v1_2) {
            out.push_back('\r');
        } else {
            return std::nullopt;
        }
    }
    return out;
}

}  // namespace loquat::net::stomp
