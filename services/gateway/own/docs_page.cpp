#include "services/gateway/own/docs_page.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "base/html.hpp"

namespace loquat::gateway {
namespace {

using wire::Value;

std::string text_at(const Value& value, std::string_view name) {
    const Value* found = value.find(name);
    return found != nullptr && found->if_string() != nullptr ? *found->if_string() : std::string{};
}

bool flag_at(const Value& value, std::string_view name) {
    const Value* found = value.find(name);
    return found != nullptr && found->if_bool() != nullptr && *found->if_bool();
}

const wire::Array& items_at(const Value& value, std::string_view name) {
    static const wire::Array none;
    const Value* found = value.find(name);
    return found != nullptr && found->if_array() != nullptr ? *found->if_array() : none;
}

const wire::Object& members_at(const Value& value, std::string_view name) {
    static const wire::Object none;
    const Value* found = value.find(name);
    return found != nullptr && found->if_object() != nullptr ? *found->if_object() : none;
}

// `string (uuid)`, `array of Message`, with links to named schemas.
std::string type_text(const Value& schema) {
    if (const std::string ref = text_at(schema, "$ref"); !ref.empty()) {
        const std::string name = escape_html(ref.substr(ref.rfind('/') + 1));
        return "<a href=\"#schema-" + name + "\">" + name + "</a>";
    }
    if (!members_at(schema, "properties").empty()) {
        return "object";
    }
    std::string text;
    if (const Value* type = schema.find("type"); type != nullptr && type->if_array() != nullptr) {
        for (const Value& one : *type->if_array()) {
            text += (text.empty() ? "" : " or ") +
                    escape_html(one.if_string() != nullptr ? *one.if_string() : "?");
        }
    } else {
        text = escape_html(text_at(schema, "type"));
    }
    for (const char* choice : {"oneOf", "anyOf"}) {
        for (const Value& one : items_at(schema, choice)) {
            text += (text.empty() ? "" : " or ") + type_text(one);
        }
    }
    if (const Value* item = schema.find("items")) {
        text += " of " + type_text(*item);
    }
    if (const std::string format = text_at(schema, "format"); !format.empty()) {
        text += " (" + escape_html(format) + ")";
    }
    return text.empty() ? "any" : text;
}

// What a schema asks of a value: `1 to 64`, `one of a, b`.
std::string limits_text(const Value& schema) {
    std::string text;
    for (const auto& [low, high] :
         {std::pair{"minLength", "maxLength"}, std::pair{"minimum", "maximum"},
          std::pair{"minItems", "maxItems"}}) {
        const Value* from = schema.find(low);
        const Value* to = schema.find(high);
        if (from != nullptr || to != nullptr) {
            text += (from != nullptr ? wire::to_json(*from) : "") + " to " +
                    (to != nullptr ? wire::to_json(*to) : "");
        }
    }
    for (const Value& one : items_at(schema, "enum")) {
        text += (text.empty() ? "one of " : ", ") +
                (one.if_string() != nullptr ? *one.if_string() : wire::to_json(one));
    }
    return escape_html(text);
}

void add_row(std::string& out, const std::string& name, const Value& schema, bool is_required,
             std::string_view doc) {
    out += "<tr><td><code>" + escape_html(name) + "</code></td><td>" + type_text(schema) +
           "</td><td>" + (is_required ? "required" : "optional") + "</td><td>" +
           limits_text(schema) + "</td><td>" +
           escape_html(doc.empty() ? text_at(schema, "description") : doc) + "</td></tr>\n";
}

void add_properties(std::string& out, const Value& schema) {
    const auto& required = items_at(schema, "required");
    const auto is_required = [&](const std::string& name) {
        return std::ranges::any_of(required, [&](const Value& one) {
            return one.if_string() != nullptr && *one.if_string() == name;
        });
    };
    out += "<table>\n";
    for (const auto& [name, property] : members_at(schema, "properties")) {
        add_row(out, name, property, is_required(name), "");
    }
    out += "</table>\n";
}

// The schema of the first kind of content, as a type or, where it has no name, as its properties.
void add_content(std::string& out, std::string_view title, const Value& holder) {
    for (const auto& [type, content] : members_at(holder, "content")) {
        const Value* schema = content.find("schema");
        if (schema == nullptr) {
            continue;
        }
        out += "<p>" + std::string{title} + ": " + type_text(*schema) + " <small>" +
               escape_html(type) + "</small></p>\n";
        if (!members_at(*schema, "properties").empty()) {
            add_properties(out, *schema);
        }
        return;
    }
}

// Answers each with its content; problems, whose content is told of once, by their statuses.
void add_answers(std::string& out, const Value& operation) {
    std::string problems;
    for (const auto& [status, response] : members_at(operation, "responses")) {
        if (response.find("$ref") != nullptr) {
            problems +=
                status == "default" ? "" : (problems.empty() ? "" : ", ") + escape_html(status);
        } else if (response.find("content") != nullptr) {
            add_content(out, "Answer " + escape_html(status), response);
        } else {
            out += "<p>Answer " + escape_html(status) + ": " +
                   escape_html(text_at(response, "description")) + "</p>\n";
        }
    }
    out += problems.empty() ? "" : "<p>Problems: " + problems + "</p>\n";
}

std::string operation_html(const std::string& path, const std::string& method,
                           const Value& operation) {
    std::string upper = method;
    std::ranges::transform(upper, upper.begin(),
                           [](char c) { return static_cast<char>(c & ~0x20); });
    std::string out =
        "<article id=\"" + escape_html(text_at(operation, "operationId")) +
        "\">\n<h3><span class=\"" + escape_html(method) + "\">" + escape_html(upper) +
        "</span> <code>" + escape_html(path) + "</code></h3>\n<p>" +
        escape_html(text_at(operation, "summary")) +
        (items_at(operation, "security").empty() ? "" : " <small>needs a token</small>") + "</p>\n";
    if (const auto& parameters = items_at(operation, "parameters"); !parameters.empty()) {
        out += "<table>\n";
        for (const Value& one : parameters) {
            const Value* schema = one.find("schema");
            add_row(out, text_at(one, "name"), schema != nullptr ? *schema : Value{},
                    flag_at(one, "required"), text_at(one, "description"));
        }
        out += "</table>\n";
    }
    if (const Value* body = operation.find("requestBody")) {
        add_content(out, "Body", *body);
    }
    add_answers(out, operation);
    return out + "</article>\n";
}

// Operations by their tag, which is their service, in the document's order.
std::map<std::string, std::string> sections_of(const Value& openapi) {
    std::map<std::string, std::string> sections;
    for (const auto& [path, methods] : members_at(openapi, "paths")) {
        if (methods.if_object() == nullptr) {
            continue;
        }
        for (const auto& [method, operation] : *methods.if_object()) {
            const auto& tags = items_at(operation, "tags");
            const bool is_tagged = !tags.empty() && tags.front().if_string() != nullptr;
            sections[is_tagged ? *tags.front().if_string() : "other"] +=
                operation_html(path, method, operation);
        }
    }
    return sections;
}

}  // namespace

std::string docs_page(const Value& openapi) {
    const Value* info = openapi.find("info");
    const std::string title = info != nullptr ? text_at(*info, "title") : "API";
    const auto sections = sections_of(openapi);
    std::string out =
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
        escape_html(title) +
        "</title>\n<link rel=\"stylesheet\" href=\"/api/docs.css\">\n</head>\n<body>\n"
        "<header><h1>" +
        escape_html(title) + "</h1>\n<p>Version " +
        escape_html(info != nullptr ? text_at(*info, "version") : "") +
        " · <a href=\"/api/openapi.json\">OpenAPI document</a></p>\n<nav>";
    for (const auto& [name, html] : sections) {
        out += "<a href=\"#tag-" + escape_html(name) + "\">" + escape_html(name) + "</a> ";
    }
    out += "<a href=\"#schemas\">types</a></nav></header>\n<main>\n";
    for (const auto& [name, html] : sections) {
        out += "<section id=\"tag-" + escape_html(name) + "\">\n<h2>" + escape_html(name) +
               "</h2>\n" + html + "</section>\n";
    }
    out += "<section id=\"schemas\">\n<h2>types</h2>\n";
    const Value* components = openapi.find("components");
    for (const auto& [name, schema] :
         members_at(components != nullptr ? *components : Value{}, "schemas")) {
        out += "<article id=\"schema-" + escape_html(name) + "\">\n<h3>" + escape_html(name) +
               "</h3>\n";
        if (members_at(schema, "properties").empty()) {
            out += "<p>" + type_text(schema) + " " + limits_text(schema) + "</p>\n";
        } else {
            add_properties(out, schema);
        }
        out += "</article>\n";
    }
    return out + "</section>\n</main>\n</body>\n</html>\n";
}

std::string_view docs_style() {
    return R"(:root { color-scheme: light dark; --line: #8884; --soft: #777; --link: #2f6feb; }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1rem; font: 15px/1.55 system-ui, sans-serif; }
a { color: var(--link); }
nav a { margin-right: .75rem; }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); padding-bottom: .3rem; }
article { margin: 1.5rem 0; }
h3 { font-size: 1rem; margin: 0 0 .3rem; overflow-wrap: anywhere; }
h3 span { display: inline-block; min-width: 4.5rem; font: 600 12px/1.8 ui-monospace, monospace; }
p { margin: .3rem 0; }
small { color: var(--soft); }
table { border-collapse: collapse; width: 100%; font-size: 13px; display: block; overflow-x: auto; }
td { border-top: 1px solid var(--line); padding: .3rem .8rem .3rem 0; vertical-align: top; }
code { font-family: ui-monospace, monospace; }
:target { outline: 2px solid var(--link); outline-offset: 6px; border-radius: 4px; }
)";
}

}  // namespace loquat::gateway
