#include "wire/schema.hpp"

namespace loquat::wire {
namespace detail {

// "... [T = loquat::contracts::Chat]" gives "Chat"; "Page<loquat::contracts::Chat>" gives
// "ChatPage".
std::string short_type_name(std::string_view pretty_function) {
    const std::size_t begin = pretty_function.rfind("T = ") + 4;
    std::string_view full = pretty_function.substr(begin, pretty_function.size() - begin - 1);
    const auto last = [](std::string_view name) {
        const std::size_t colon = name.rfind("::");
        return colon == std::string_view::npos ? name : name.substr(colon + 2);
    };
    const std::size_t angle = full.find('<');
    if (angle == std::string_view::npos) {
        return std::string{last(full)};
    }
    const std::string_view inner = full.substr(angle + 1, full.size() - angle - 2);
    return std::string{last(inner)} + std::string{last(full.substr(0, angle))};
}

}  // namespace detail

namespace {

void add_limits(Value& definition, const Schema::Property& property) {
    const Schema::Kind kind = property.type.front().kind;
    const bool is_text = kind == Schema::Kind::string;
    const bool is_array = kind == Schema::Kind::array;
    const bool is_map = kind == Schema::Kind::map;
    if (property.min) {
        definition.set(is_text    ? "minLength"
                       : is_array ? "minItems"
                       : is_map   ? "minProperties"
                                  : "minimum",
                       *property.min);
    }
    if (property.max) {
        definition.set(is_text    ? "maxLength"
                       : is_array ? "maxItems"
                       : is_map   ? "maxProperties"
                                  : "maximum",
                       *property.max);
    }
}

Value property_definition(const Schema::Property& property) {
    Value definition = to_openapi(property.type.front());
    add_limits(definition, property);
    Array choices;
    if (!property.format.empty()) {
        definition.set("format", property.format);
        if (property.min == 0) {
            definition.set("minLength", 1);
            choices.emplace_back(Object{{"type", "string"}, {"maxLength", 0}});
        }
    }
    // Null is any value already.
    if (property.nullable && property.type.front().kind != Schema::Kind::any) {
        choices.emplace_back(Object{{"type", "null"}});
    }
    if (!choices.empty()) {
        choices.insert(choices.begin(), std::move(definition));
        definition = Object{{"anyOf", std::move(choices)}};
    }
    if (!property.doc.empty()) {
        definition.set("description", property.doc);
    }
    return definition;
}

}  // namespace

void collect_named(const Schema& schema, std::map<std::string, Schema>& out) {
    for (const Schema& item : schema.item) {
        collect_named(item, out);
    }
    if (schema.name.empty() || out.contains(schema.name)) {
        return;
    }
    out.emplace(schema.name, schema);
    for (const Schema::Property& property : schema.properties) {
        collect_named(property.type.front(), out);
    }
}

Value to_openapi(const Schema& schema) {
    switch (schema.kind) {
        case Schema::Kind::any:
            return Object{};
        case Schema::Kind::boolean:
            return Object{{"type", "boolean"}};
        case Schema::Kind::integer:
            return Object{{"type", "integer"}, {"format", "int64"}};
        case Schema::Kind::number:
            return Object{{"type", "number"}};
        case Schema::Kind::string:
            return Object{{"type", "string"}};
        case Schema::Kind::uuid:
            return Object{{"type", "string"}, {"format", "uuid"}};
        case Schema::Kind::time:
            return Object{{"type", "string"}, {"format", "date-time"}};
        case Schema::Kind::literal:
            return Object{{"const", schema.values.front()}};
        case Schema::Kind::array:
            return Object{{"type", "array"}, {"items", to_openapi(schema.item.front())}};
        case Schema::Kind::map:
            return Object{{"type", "object"},
                          {"additionalProperties", to_openapi(schema.item.front())}};
        case Schema::Kind::enumeration:
        case Schema::Kind::object:
        case Schema::Kind::one_of:
            return Object{{"$ref", "#/components/schemas/" + schema.name}};
    }
    return Object{};
}

Value to_openapi_definition(const Schema& schema) {
    if (schema.kind == Schema::Kind::enumeration) {
        Array values;
        for (const std::string& value : schema.values) {
            values.emplace_back(value);
        }
        return Object{{"type", "string"}, {"enum", std::move(values)}};
    }
    if (schema.kind == Schema::Kind::one_of) {
        Array alternatives;
        for (const Schema& one : schema.item) {
            alternatives.push_back(to_openapi(one));
        }
        return Object{{"oneOf", std::move(alternatives)}};
    }
    Object properties;
    Array required;
    for (const Schema::Property& property : schema.properties) {
        properties.emplace_back(property.name, property_definition(property));
        if (property.required) {
            required.emplace_back(property.name);
        }
    }
    Object definition{{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) {
        definition.emplace_back("required", std::move(required));
    }
    return definition;
}

std::string typescript_type(const Schema& schema) {
    switch (schema.kind) {
        case Schema::Kind::any:
            return "unknown";
        case Schema::Kind::boolean:
            return "boolean";
        case Schema::Kind::integer:
        case Schema::Kind::number:
            return "number";
        case Schema::Kind::string:
        case Schema::Kind::uuid:
        case Schema::Kind::time:
            return "string";
        case Schema::Kind::array:
            return typescript_type(schema.item.front()) + "[]";
        case Schema::Kind::map:
            return "Record<string, " + typescript_type(schema.item.front()) + ">";
        case Schema::Kind::literal:
            return "\"" + schema.values.front() + "\"";
        case Schema::Kind::enumeration:
        case Schema::Kind::object:
        case Schema::Kind::one_of:
            return schema.name;
    }
    return "unknown";
}

std::string to_typescript(const Schema& schema) {
    std::string out;
    if (schema.kind == Schema::Kind::enumeration) {
        out = "export type " + schema.name + " =";
        for (std::size_t i = 0; i < schema.values.size(); ++i) {
            out += (i == 0 ? " \"" : " | \"") + schema.values[i] + "\"";
        }
        return out + ";\n";
    }
    if (schema.kind == Schema::Kind::one_of) {
        out = "export type " + schema.name + " =";
        for (const Schema& one : schema.item) {
            out += "\n  | " + typescript_type(one);
        }
        return out + ";\n";
    }
    out = "export interface " + schema.name + " {\n";
    for (const Schema::Property& property : schema.properties) {
        if (!property.doc.empty()) {
            out += "  /** " + property.doc + " */\n";
        }
        out += "  " + property.name + (property.required ? ": " : "?: ") +
               typescript_type(property.type.front()) + (property.nullable ? " | null" : "") +
               ";\n";
    }
    return out + "}\n";
}

}  // namespace loquat::wire
