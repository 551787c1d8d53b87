#include "services/config/domain/properties.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "base/failure.hpp"
#include "base/text.hpp"

namespace loquat::config {
namespace {

constexpr std::size_t entries_max = 10'000;

[[noreturn]] void refuse(std::uint32_t line, const char* why) {
    throw Failure{Kind::invalid, "config.malformed", "line " + std::to_string(line) + ": " + why};
}

bool is_space(char letter) { return letter == ' ' || letter == '\t' || letter == '\f'; }

std::string_view without_indent(std::string_view text) {
    while (!text.empty() && is_space(text.front())) {
        text.remove_prefix(1);
    }
    return text;
}

bool goes_on(std::string_view line) {
    std::size_t backslashes = 0;
    while (backslashes < line.size() && line[line.size() - 1 - backslashes] == '\\') {
        ++backslashes;
    }
    return backslashes % 2 == 1;
}

void append_utf8(std::string& out, unsigned code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xc0 | (code >> 6));
        out += static_cast<char>(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xe0 | (code >> 12));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
        out += static_cast<char>(0x80 | (code & 0x3f));
    } else {
        out += static_cast<char>(0xf0 | (code >> 18));
        out += static_cast<char>(0x80 | ((code >> 12) & 0x3f));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
        out += static_cast<char>(0x80 | (code & 0x3f));
    }
}

unsigned unit_at(std::string_view text, std::uint32_t line) {
    unsigned unit = 0;
    if (text.size() < 4 ||
        std::from_chars(text.data(), text.data() + 4, unit, 16).ptr != text.data() + 4) {
        refuse(line, "\\u needs four hexadecimal digits");
    }
    return unit;
}

std::string unescape(std::string_view text, std::uint32_t line) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            out += text[i];
            continue;
        }
        const char letter = text[++i];
        if (letter == 'u') {
            unsigned code = unit_at(text.substr(i + 1), line);
            i += 4;
            if (code >= 0xd800 && code < 0xdc00 && text.substr(i + 1).starts_with("\\u")) {
                const unsigned low = unit_at(text.substr(i + 3), line);
                if (low >= 0xdc00 && low < 0xe000) {
                    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                    i += 6;
                }
            }
            if (code >= 0xd800 && code < 0xe000) {
                refuse(line, "half of a surrogate pair");
            }
            append_utf8(out, code);
        } else {
            constexpr std::string_view from = "tnrf";
            constexpr std::string_view to = "\t\n\r\f";
            const std::size_t at = from.find(letter);
            out += at == std::string_view::npos ? letter : to[at];
        }
    }
    return out;
}

// Where the name ends: at the first `=`, `:` or space that is not escaped.
std::size_t end_of_key(std::string_view line) {
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\\') {
            ++i;
        } else if (line[i] == '=' || line[i] == ':' || is_space(line[i])) {
            return i;
        }
    }
    return line.size();
}

Entry read_line(std::string_view line, std::uint32_t number, std::uint32_t column) {
    const std::size_t end = end_of_key(line);
    std::string_view rest = without_indent(line.substr(end));
    if (!rest.empty() && (rest.front() == '=' || rest.front() == ':')) {
        rest = without_indent(rest.substr(1));
    }
    return {.key = unescape(line.substr(0, end), number),
            .value = wire::Value{unescape(rest, number)},
            .line = number,
            .column = column};
}

// The settings of one document; of a name that comes again the last one counts.
class Entries {
  public:
    void put(Document& document, Entry entry) {
        const auto [known, is_new] = places_.try_emplace(entry.key, document.entries.size());
        if (!is_new) {
            document.entries[known->second] = std::move(entry);
            return;
        }
        if (document.entries.size() == entries_max) {
            refuse(entry.line, "there are more than 10,000 settings");
        }
        document.entries.push_back(std::move(entry));
    }
    void clear() { places_.clear(); }

  private:
    std::unordered_map<std::string, std::size_t> places_;
};

void append_escaped(std::string& out, std::string_view text) {
    bool is_first = true;
    for (const char letter : text) {
        if (letter == '\n') {
            out += "\\n";
        } else if (letter == '\r') {
            out += "\\r";
        } else if (letter == '\t') {
            out += "\\t";
        } else if (letter == '\\' || (is_first && letter == ' ')) {
            out += '\\';
            out += letter;
        } else {
            out += letter;
        }
        is_first = false;
    }
}

}  // namespace

std::vector<Document> read_properties(std::string_view text) {
    if (!is_utf8(text)) {
        refuse(1, "the file is not UTF-8");
    }
    std::vector<Document> documents(1);
    Entries entries;
    const std::string normal = normalise_line_ends(text);
    const auto lines = split(normal, '\n');
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto number = static_cast<std::uint32_t>(i + 1);
        std::string logical{without_indent(lines[i])};
        const auto column = static_cast<std::uint32_t>(lines[i].size() - logical.size() + 1);
        if (trim(lines[i]) == "#---" || trim(lines[i]) == "!---") {
            documents.emplace_back();
            entries.clear();
            continue;
        }
        if (logical.empty() || logical.front() == '#' || logical.front() == '!') {
            continue;
        }
        while (goes_on(logical) && i + 1 < lines.size()) {
            logical.pop_back();
            logical += without_indent(lines[++i]);
        }
        entries.put(documents.back(), read_line(logical, number, column));
    }
    return documents;
}

std::string write_properties(const std::vector<Entry>& entries) {
    std::string out;
    for (const Entry& entry : entries) {
        out += out.empty() ? "" : "\n";
        append_escaped(out, entry.key);
        out += ": ";
        if (const std::string* value = entry.value.if_string()) {
            append_escaped(out, *value);
        } else if (!entry.value.is_null()) {
            out += wire::to_json(entry.value);
        }
    }
    return out;
}

}  // namespace loquat::config
