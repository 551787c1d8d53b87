#include "services/config/front/writers.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace loquat::config {
namespace {

constexpr std::size_t parts_max = 64;
constexpr std::size_t holes_max = 10'000;  // in all lists together

void append_strings(std::string& out, std::span<const std::string> texts) {
    out += '[';
    for (const std::string& text : texts) {
        out += out.back() == '[' ? "" : ",";
        wire::append_json_string(out, text);
    }
    out += ']';
}

void append_source(std::string& out, const PropertySource& source, bool has_origins) {
    out += "{\"name\":";
    wire::append_json_string(out, source.name);
    out += ",\"source\":{";
    bool is_first = true;
    for (const Entry& entry : source.entries) {
        out += is_first ? "" : ",";
        is_first = false;
        wire::append_json_string(out, entry.key);
        out += ':';
        if (has_origins) {
            out += "{\"value\":";
            wire::append_json(out, entry.value);
            out += ",\"origin\":\"" + std::to_string(entry.line) + ":" +
                   std::to_string(entry.column) + "\"}";
        } else {
            wire::append_json(out, entry.value);
        }
    }
    out += "}}";
}

// The parts of `a.b[2].c`: names, and indexes as `[2]`.
std::vector<std::string> parts_of(std::string_view key) {
    std::vector<std::string> parts;
    std::string part;
    for (const char letter : key) {
        if (letter == '.' || letter == '[') {
            if (!part.empty()) {
                parts.push_back(std::move(part));
            }
            part = letter == '[' ? "[" : "";
        } else {
            part += letter;
        }
    }
    if (!part.empty()) {
        parts.push_back(std::move(part));
    }
    // What is deeper is one name: nobody needs it as a tree, and trees are walked by recursion.
    return parts.size() > parts_max ? std::vector<std::string>{std::string{key}} : parts;
}

std::optional<std::size_t> index_of(std::string_view part) {
    if (part.size() < 3 || part.front() != '[' || part.back() != ']') {
        return std::nullopt;
    }
    return parse_number(part.substr(1, part.size() - 2));
}

wire::Value& child_of(wire::Value& parent, const std::string& part, std::size_t& holes_left) {
    const auto index = index_of(part);
    const std::size_t size = parent.if_array() != nullptr ? parent.if_array()->size() : 0;
    const bool is_list = parent.is_null() || parent.if_array() != nullptr;
    if (index && is_list && (*index < size || *index - size <= holes_left)) {
        if (parent.is_null()) {
            parent = wire::Array{};
        }
        wire::Array& items = *parent.if_array();
        if (items.size() <= *index) {
            holes_left -= *index - size;
            items.resize(*index + 1);
        }
        return items[*index];
    }
    if (parent.find(part) == nullptr) {
        parent.set(part, nullptr);
    }
    for (auto& [name, value] : *parent.if_object()) {
        if (name == part) {
            return value;
        }
    }
    return parent;
}

// What YAML 1.1 would take for something else than a text.
bool is_other_type(std::string_view text) {
    const std::string lower = to_lower_ascii(text);
    for (const char* word : {"true", "false", "yes", "no", "on", "off", "null", "~", "=", "<<",
                             ".inf", "-.inf", ".nan"}) {
        if (lower == word) {
            return true;
        }
    }
    constexpr std::string_view of_numbers = "0123456789+-._:eExXabcdefABCDEF,";
    const bool begins_so = text.find_first_of("0123456789") <= 1 || text.starts_with('.');
    return begins_so && text.find_first_not_of(of_numbers) == std::string_view::npos;
}

bool has_breaks(std::string_view text) {
    return std::ranges::any_of(text, [](char letter) {
        return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f;
    });
}

bool is_plain(std::string_view text) {
    constexpr std::string_view signs = "-?:,[]{}#&*!|>'\"%@`";
    const bool begins_well = !text.empty() && text.front() != ' ' && text.back() != ' ' &&
                             text.back() != ':' &&
                             signs.find(text.front()) == std::string_view::npos;
    return begins_well && !is_other_type(text) && text.find(": ") == std::string_view::npos &&
           text.find(" #") == std::string_view::npos && !text.starts_with("---") &&
           !text.starts_with("...");
}

void append_scalar(std::string& out, const wire::Value& value) {
    const std::string* text = value.if_string();
    if (text == nullptr || has_breaks(*text)) {
        return wire::append_json(out, value);  // JSON is YAML
    }
    if (is_plain(*text)) {
        out += *text;
        return;
    }
    out += '\'';
    for (const char letter : *text) {
        out += letter == '\'' ? "''" : std::string(1, letter);
    }
    out += '\'';
}

void append_yaml(std::string& out, const wire::Value& value, std::size_t indent);

bool is_tree(const wire::Value& value) {
    return (value.if_object() != nullptr && !value.if_object()->empty()) ||
           (value.if_array() != nullptr && !value.if_array()->empty());
}

// In the block style of SnakeYAML: items of a list stand below its name, a map begins beside its
// dash.
void append_yaml(std::string& out, const wire::Value& value, std::size_t indent) {
    const auto append_rest = [&](const wire::Value& member, std::size_t inner) {
        if (is_tree(member)) {
            out += '\n';
            append_yaml(out, member, inner);
        } else {
            out += ' ';
            append_scalar(out, member);
            out += '\n';
        }
    };
    if (const wire::Object* members = value.if_object()) {
        for (const auto& [name, member] : *members) {
            out.append(indent, ' ');
            append_scalar(out, name);
            out += ':';
            append_rest(member, indent + (member.if_array() != nullptr ? 0 : 2));
        }
    } else if (const wire::Array* items = value.if_array()) {
        for (const wire::Value& item : *items) {
            out.append(indent, ' ');
            out += '-';
            if (is_tree(item)) {
                std::string below;
                append_yaml(below, item, indent + 2);
                out += ' ' + below.substr(indent + 2);
            } else {
                append_rest(item, indent + 2);
            }
        }
    }
}

}  // namespace

std::string environment_json(const Environment& environment, bool has_origins) {
    std::string out = "{\"name\":";
    wire::append_json_string(out, environment.name);
    out += ",\"profiles\":";
    append_strings(out, environment.profiles);
    out += ",\"label\":";
    wire::append_json(out, environment.label ? wire::Value{*environment.label} : wire::Value{});
    out += ",\"version\":";
    wire::append_json(
        out, environment.version.empty() ? wire::Value{} : wire::Value{environment.version});
    out += ",\"state\":null,\"propertySources\":[";
    bool is_first = true;
    for (const PropertySource& source : environment.sources) {
        out += is_first ? "" : ",";
        is_first = false;
        append_source(out, source, has_origins);
    }
    return out + "]}";
}

wire::Value to_tree(std::span<const Entry> entries) {
    wire::Value tree{wire::Object{}};
    std::size_t holes_left = holes_max;
    for (const Entry& entry : entries) {
        wire::Value* at = &tree;
        for (const std::string& part : parts_of(entry.key)) {
            const bool is_leaf_there =
                !at->is_null() && at->if_array() == nullptr && at->if_object() == nullptr;
            if (is_leaf_there) {
                *at = wire::Object{};  // `a` and `a.b`: what is below wins
            }
            at = &child_of(*at, part, holes_left);
        }
        const bool has_below = at->if_object() != nullptr || at->if_array() != nullptr;
        if (!has_below) {
            *at = entry.value;
        }
    }
    return tree;
}

std::string to_yaml(const wire::Value& tree) {
    std::string out;
    append_yaml(out, tree, 0);
    if (out.empty()) {
        append_scalar(out, tree);
        out += '\n';
    }
    return out;
}

}  // namespace loquat::config
