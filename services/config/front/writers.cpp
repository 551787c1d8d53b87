#include "services/config/front/writers.hpp"

#include "base/text.hpp"

namespace loquat::config {
namespace {

constexpr std::size_t index_max = 10'000;

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
    return parts;
}

std::optional<std::size_t> index_of(std::string_view part) {
    if (part.size() < 3 || part.front() != '[' || part.back() != ']') {
        return std::nullopt;
    }
    const auto number = parse_number(part.substr(1, part.size() - 2));
    return number && *number < index_max ? std::optional<std::size_t>{*number} : std::nullopt;
}

wire::Value& child_of(wire::Value& parent, const std::string& part) {
    if (const auto index = index_of(part);
        index && (parent.is_null() || parent.if_array() != nullptr)) {
        if (parent.is_null()) {
            parent = wire::Array{};
        }
        wire::Array& items = *parent.if_array();
        if (items.size() <= *index) {
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

bool is_plain(std::string_view text) {
    constexpr std::string_view harmless =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-";
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/";
    const std::string lower = to_lower_ascii(text);
    const bool is_word = lower == "true" || lower == "false" || lower == "yes" || lower == "no" ||
                         lower == "on" || lower == "off" || lower == "null" || lower == "y" ||
                         lower == "n";
    return !text.empty() && !is_word && letters.find(text.front()) != std::string_view::npos &&
           text.find_first_not_of(harmless) == std::string_view::npos;
}

void append_scalar(std::string& out, const wire::Value& value) {
    const std::string* text = value.if_string();
    if (text != nullptr && is_plain(*text)) {
        out += *text;
    } else {
        wire::append_json(out, value);  // JSON is YAML
    }
}

void append_yaml(std::string& out, const wire::Value& value, std::size_t indent);

void append_member(std::string& out, std::string_view head, const wire::Value& value,
                   std::size_t indent) {
    const bool is_tree = (value.if_object() != nullptr && !value.if_object()->empty()) ||
                         (value.if_array() != nullptr && !value.if_array()->empty());
    out.append(indent, ' ');
    out += head;
    if (is_tree) {
        out += '\n';
        append_yaml(out, value, indent + 2);
    } else {
        out += ' ';
        append_scalar(out, value);
        out += '\n';
    }
}

void append_yaml(std::string& out, const wire::Value& value, std::size_t indent) {
    if (const wire::Object* members = value.if_object()) {
        for (const auto& [name, member] : *members) {
            std::string head;
            append_scalar(head, name);
            append_member(out, head + ":", member, indent);
        }
    } else if (const wire::Array* items = value.if_array()) {
        for (const wire::Value& item : *items) {
            append_member(out, "-", item, indent);
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
    for (const Entry& entry : entries) {
        wire::Value* at = &tree;
        for (const std::string& part : parts_of(entry.key)) {
            const bool is_leaf_there =
                !at->is_null() && at->if_array() == nullptr && at->if_object() == nullptr;
            if (is_leaf_there) {
                *at = wire::Object{};  // `a` and `a.b`: what is below wins
            }
            at = &child_of(*at, part);
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
    return out.empty() ? "{}\n" : out;
}

}  // namespace loquat::config
