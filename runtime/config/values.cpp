#include "runtime/config/values.hpp"

#include <algorithm>
#include <array>

#include "base/failure.hpp"
#include "base/redact.hpp"
#include "base/text.hpp"
#include "runtime/config/yaml.hpp"

namespace loquat::runtime {
namespace {

using Kind_ = wire::Schema::Kind;

constexpr std::size_t shown_bytes_max = 80;

wire::Value coerce_list(const std::string& text, const wire::Schema& item) {
    const std::string_view trimmed = trim(text);
    wire::Array items;
    if (trimmed.starts_with('[')) {
        const auto written = parse_yaml_value(trimmed);
        if (!written || written->if_array() == nullptr) {
            return text;
        }
        for (const wire::Value& one : *written->if_array()) {
            items.push_back(coerce(one, item));
        }
        return items;
    }
    for (const std::string_view part : split(text, ',')) {
        if (!trim(part).empty()) {
            items.push_back(coerce(wire::Value{trim(part)}, item));
        }
    }
    return items;
}

wire::Value coerce_map(const wire::Object& given, const wire::Schema& schema) {
    wire::Object members;
    for (const auto& [name, member] : given) {
        const auto* property = find_property(schema, name);
        members.emplace_back(name,
                             property != nullptr ? coerce(member, property->type.front()) : member);
    }
    return members;
}

wire::Value coerce_text(const std::string& text, const wire::Schema& schema) {
    if (schema.kind == Kind_::boolean) {
        return text == "true" || text == "yes" || text == "on"    ? wire::Value{true}
               : text == "false" || text == "no" || text == "off" ? wire::Value{false}
                                                                  : wire::Value{text};
    }
    if (schema.kind == Kind_::object && trim(text).starts_with('{')) {
        const auto written = parse_yaml_value(text);
        return written && written->if_object() != nullptr ? coerce(*written, schema)
                                                          : wire::Value{text};
    }
    if (schema.kind != Kind_::integer && schema.kind != Kind_::number) {
        return text;
    }
    try {
        return wire::parse(text);
    } catch (const Failure&) {
        return text;
    }
}

// What numbers count, by the end of their names.
std::string_view unit_of(std::string_view name) {
    for (const std::string_view limit : {"_max", "_min"}) {
        if (name.ends_with(limit)) {
            name.remove_suffix(limit.size());
        }
    }
    constexpr std::array<std::pair<std::string_view, std::string_view>, 11> units{{
        {"_ms", "milliseconds"},
        {"seconds", "seconds"},
        {"hours", "hours"},
        {"days", "days"},
        {"bytes", "bytes"},
        {"_kib", "KiB"},
        {"_mib", "MiB"},
        {"characters", "characters"},
        {"percent", "percent"},
        {"tokens", "tokens"},
        {"per_minute", "a minute"},
    }};
    for (const auto& [end, unit] : units) {
        if (name.ends_with(end)) {
            return unit;
        }
    }
    return {};
}

std::string range_of(const wire::Schema::Property& property) {
    if (property.min && property.min == property.max) {
        return std::to_string(*property.min);
    }
    if (property.min && property.max) {
        return std::to_string(*property.min) + " to " + std::to_string(*property.max);
    }
    return property.min   ? "at least " + std::to_string(*property.min)
           : property.max ? "at most " + std::to_string(*property.max)
                          : "";
}

std::string quoted(const std::string& name, const wire::Value& value) {
    std::string text = wire::to_json(shown_value(name, value));
    if (text.size() > shown_bytes_max) {
        text.resize(shown_bytes_max);
        while (!is_utf8(text)) {
            text.pop_back();
        }
        text += "...";
    }
    return text;
}

class Checker {
  public:
    explicit Checker(ConfigFindings& findings) : findings_(findings) {}

    // Whether all of it fits.
    bool check(const wire::Value& value, const wire::Schema::Property& property,
               const std::string& path) {
        const wire::Schema& type = property.type.front();
        if (property.nullable && value.is_null()) {
            return true;
        }
        if (type.kind == Kind_::object) {
            return check_map(value, type, path);
        }
        if (!fits(value, type)) {
            findings_.add(path, "must be " + kind_of_value(property) + ", not " +
                                    quoted(property.name, value));
            return false;
        }
        if (const wire::Array* items = value.if_array()) {
            return check_size(static_cast<std::int64_t>(items->size()), property, path) &&
                   check_items(*items, property, path);
        }
        return check_scalar(value, property, path);
    }

  private:
    static bool fits(const wire::Value& value, const wire::Schema& type) {
        switch (type.kind) {
            case Kind_::boolean:
                return value.if_bool() != nullptr;
            case Kind_::integer:
                return std::holds_alternative<std::int64_t>(value.any());
            case Kind_::number:
                return value.is_number();
            case Kind_::array:
                return value.if_array() != nullptr;
            case Kind_::enumeration:
                return value.if_string() != nullptr &&
                       std::ranges::find(type.values, *value.if_string()) != type.values.end();
            default:
                return value.if_string() != nullptr;
        }
    }

    bool check_scalar(const wire::Value& value, const wire::Schema::Property& property,
                      const std::string& path) {
        if (const auto* whole = std::get_if<std::int64_t>(&value.any())) {
            return check_size(*whole, property, path);
        }
        const bool is_text = property.type.front().kind == Kind_::string;
        return !is_text ||
               check_size(static_cast<std::int64_t>(count_characters(*value.if_string())), property,
                          path);
    }

    bool check_size(std::int64_t size, const wire::Schema::Property& property,
                    const std::string& path) {
        if ((!property.min || size >= *property.min) && (!property.max || size <= *property.max)) {
            return true;
        }
        const Kind_ kind = property.type.front().kind;
        const std::string what = kind == Kind_::string  ? " characters long"
                                 : kind == Kind_::array ? " items long"
                                                        : "";
        findings_.add(path,
                      "must be " + range_of(property) + what + ", not " + std::to_string(size));
        return false;
    }

    bool check_items(const wire::Array& items, const wire::Schema::Property& property,
                     const std::string& path) {
        wire::Schema::Property each{.name = property.name, .type = property.type.front().item};
        bool is_good = true;
        for (std::size_t i = 0; i < items.size(); ++i) {
            is_good = check(items[i], each, path + "[" + std::to_string(i) + "]") && is_good;
        }
        return is_good;
    }

    bool check_map(const wire::Value& value, const wire::Schema& type, const std::string& path) {
        const wire::Object* members = value.if_object();
        if (members == nullptr) {
            findings_.add(path, "must be a map, not " + quoted("", value));
            return false;
        }
        bool is_good = true;
        for (const auto& [name, member] : *members) {
            const auto* property = find_property(type, name);
            if (property == nullptr) {
                findings_.add(path + "." + name, unknown(name, type));
                is_good = false;
            } else {
                is_good = check(member, *property, path + "." + name) && is_good;
            }
        }
        for (const auto& property : type.properties) {
            if (property.required && value.find(property.name) == nullptr) {
                findings_.add(path, "needs " + property.name + ": " + kind_of_value(property));
                is_good = false;
            }
        }
        return is_good;
    }

    static std::string unknown(const std::string& name, const wire::Schema& type) {
        std::vector<std::string> known;
        for (const auto& property : type.properties) {
            known.push_back(property.name);
        }
        const auto near = suggest(name, known);
        std::string all;
        for (const std::string& one : known) {
            all += (all.empty() ? "" : ", ") + one;
        }
        return "is not a known key; " + (near ? "did you mean " + *near + "?" : "there are " + all);
    }

    ConfigFindings& findings_;
};

}  // namespace

const wire::Schema::Property* find_property(const wire::Schema& schema, std::string_view name) {
    for (const auto& property : schema.properties) {
        if (property.name == name) {
            return &property;
        }
    }
    return nullptr;
}

wire::Value coerce(const wire::Value& value, const wire::Schema& schema) {
    if (const std::string* text = value.if_string()) {
        return schema.kind == Kind_::array ? coerce_list(*text, schema.item.front())
                                           : coerce_text(*text, schema);
    }
    if (schema.kind == Kind_::array && value.if_array() != nullptr) {
        wire::Array items;
        for (const wire::Value& item : *value.if_array()) {
            items.push_back(coerce(item, schema.item.front()));
        }
        return items;
    }
    return schema.kind == Kind_::object && value.if_object() != nullptr
               ? coerce_map(*value.if_object(), schema)
               : value;
}

void check_values(wire::Value& value, const wire::Value& defaults, const wire::Schema& schema,
                  const std::string& path, ConfigFindings& findings) {
    Checker checker{findings};
    for (const auto& property : schema.properties) {
        const std::string here = path + "." + property.name;
        const wire::Value* given = value.find(property.name);
        const wire::Value* usual = defaults.find(property.name);
        if (given == nullptr || usual == nullptr) {
            continue;
        }
        wire::Value fresh = *given;
        if (usual->if_object() != nullptr && given->if_object() != nullptr) {
            check_values(fresh, *usual, property.type.front(), here, findings);
        } else if (!checker.check(*given, property, here)) {
            fresh = *usual;
        }
        value.set(property.name, std::move(fresh));
    }
}

std::string kind_of_value(const wire::Schema::Property& property) {
    const wire::Schema& type = property.type.front();
    const std::string range = range_of(property);
    switch (type.kind) {
        case Kind_::boolean:
            return "true or false";
        case Kind_::integer:
        case Kind_::number: {
            const std::string_view unit = unit_of(property.name);
            const std::string_view base =
                type.kind == Kind_::integer ? "a whole number" : "a number";
            std::string said{base};
            said += range.empty() ? "" : ", " + range;
            return said + (unit.empty() ? "" : range.empty() ? " of " : " ") + std::string{unit};
        }
        case Kind_::array: {
            const bool has_maps = type.item.front().kind == Kind_::object;
            const std::string of = has_maps ? "a list of maps: [{...}, {...}]" : "a list: [a, b]";
            return of + (range.empty() ? "" : ", " + range + " items");
        }
        case Kind_::enumeration: {
            std::string all;
            for (const std::string& one : type.values) {
                all += (all.empty() ? "" : ", ") + one;
            }
            return "one of " + all;
        }
        case Kind_::object:
            return "a map";
        default:
            return "a text" + (range.empty() ? "" : ", " + range + " characters");
    }
}

wire::Value shown_value(const std::string& name, const wire::Value& value) {
    if (const std::string* text = value.if_string()) {
        return wire::Value{sounds_secret(name) && !text->empty() ? "***" : hide_credentials(*text)};
    }
    if (const wire::Array* items = value.if_array()) {
        wire::Array out;
        for (const wire::Value& item : *items) {
            out.push_back(shown_value(name, item));
        }
        return out;
    }
    if (const wire::Object* members = value.if_object()) {
        // {"name": "X-Api-Key", "value": ...} says by its name what its value is.
        const wire::Value* named = value.find("name");
        const bool is_pair = named != nullptr && named->if_string() != nullptr;
        wire::Object out;
        for (const auto& [key, member] : *members) {
            const std::string& says = is_pair && key == "value" ? *named->if_string() : key;
            out.emplace_back(key, shown_value(says, member));
        }
        return out;
    }
    return value;
}

}  // namespace loquat::runtime
