#include "contracts/core/openapi.hpp"

#include <set>

#include "contracts/core/request_parts.hpp"
#include "contracts/core/statuses.hpp"

namespace loquat::contracts {
namespace {

constexpr std::string_view problem_typescript = R"(/** RFC 9457. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  request_id: string;
  errors?: FieldError[];
}

export interface FieldError {
  field: string;
  code: string;
  message: string;
}
)";

wire::Value reference(std::string_view name) {
    return wire::Object{{"$ref", "#/components/schemas/" + std::string{name}}};
}

wire::Value json_content(wire::Value schema, const char* type = "application/json") {
    return wire::Object{{type, wire::Object{{"schema", std::move(schema)}}}};
}

// A member where it is given at all: what is left out of path or query is not null.
wire::Value given(wire::Schema::Property property) {
    const std::string name = property.name;
    property.nullable = false;
    property.doc.clear();
    const wire::Schema alone{.kind = wire::Schema::Kind::object,
                             .properties = {std::move(property)}};
    return *wire::to_openapi_definition(alone).find("properties")->find(name);
}

wire::Array parameters_of(const Operation& operation, const wire::Schema& request) {
    wire::Array parameters;
    for (const auto& property : request.properties) {
        const bool in_path = is_in_path(operation.spec, property.name);
        if (!in_path && !reads_query(operation.spec)) {
            continue;
        }
        wire::Object one{{"name", property.name},
                         {"in", in_path ? "path" : "query"},
                         {"required", in_path || property.required},
                         {"schema", given(property)}};
        if (property.type.front().kind == wire::Schema::Kind::array) {
            one.emplace_back("explode", false);  // one,two,three
        }
        if (!property.doc.empty()) {
            one.emplace_back("description", property.doc);
        }
        parameters.emplace_back(std::move(one));
    }
    return parameters;
}

wire::Value idempotency_parameter() {
    return wire::Object{
        {"name", idempotency_key_field},
        {"in", "header"},
        {"required", false},
        {"schema",
         wire::Object{{"type", "string"},
                      {"minLength", 1},
                      {"maxLength", static_cast<std::int64_t>(idempotency_key_bytes_max)}}},
        {"description",
         "Names the request, for a day: the same key with the same body is done once and answered "
         "with what was made then, with another body it is 409 request.idempotency_conflict (422 "
         "request.key_reused in the shop). At "
         "most 255 bytes of UTF-8 without control characters; each person and operation has keys "
         "of its own."}};
}

std::string_view name_of(Repeat repeat) {
    switch (repeat) {
        case Repeat::safe:
            return "safe";
        case Repeat::with_key:
            return "with_key";
        case Repeat::by_method:
        case Repeat::never:
            break;
    }
    return "never";
}

// The request's body: its struct without the members that the path gives.
wire::Value body_of(const Operation& operation, const wire::Schema& request) {
    if (!takes_body(operation.spec, request)) {
        return nullptr;
    }
    wire::Schema body = request;
    std::erase_if(body.properties,
                  [&](const auto& property) { return is_in_path(operation.spec, property.name); });
    const bool is_whole = body.properties.size() == request.properties.size();
    wire::Value schema = is_whole ? reference(request.name) : wire::to_openapi_definition(body);
    return wire::Object{{"required", needs_body(operation.spec, request)},
                        {"content", json_content(std::move(schema))}};
}

wire::Value problem_reference() { return wire::Object{{"$ref", "#/components/responses/Problem"}}; }

wire::Value success_of(const Operation& operation, int status) {
    if (status == 204) {
        return wire::Object{{"description", operation.is_feed ? "Nothing comes any more" : "Done"}};
    }
    if (operation.is_feed) {
        const wire::Object text{{"type", "string"},
                                {"description", "Events, each with JSON in its data"}};
        return wire::Object{{"description", "Events until `done`"},
                            {"content", json_content(text, "text/event-stream")}};
    }
    return wire::Object{{"description", "Success"},
                        {"content", json_content(wire::to_openapi(operation.response()))}};
}

wire::Value responses_of(const Operation& operation) {
    wire::Object responses;
    for (const int status : successes_of(operation)) {
        responses.emplace_back(std::to_string(status), success_of(operation, status));
    }
    for (const int refusal : refusals_of(operation)) {
        responses.emplace_back(std::to_string(refusal), problem_reference());
    }
    responses.emplace_back("default", problem_reference());
    return responses;
}

wire::Value operation_object(const Operation& operation) {
    wire::Object object{{"operationId", operation.name},
                        {"summary", operation.spec.summary},
                        {"tags", wire::Array{wire::Value{operation.service}}}};
    if (operation.has_request) {
        const wire::Schema request = operation.request();
        wire::Array parameters = parameters_of(operation, request);
        if (operation.spec.takes_idempotency_key) {
            parameters.push_back(idempotency_parameter());
        }
        if (!parameters.empty()) {
            object.emplace_back("parameters", std::move(parameters));
        }
        if (wire::Value body = body_of(operation, request); !body.is_null()) {
            object.emplace_back("requestBody", std::move(body));
        }
    }
    object.emplace_back("responses", responses_of(operation));
    wire::Array security;
    if (operation.spec.access != Access::anyone) {
        security.emplace_back(wire::Object{{"bearer", wire::Array{}}});
    }
    object.emplace_back("security", std::move(security));
    object.emplace_back("x-repeat", name_of(repeat_of(operation.spec)));
    return object;
}

std::map<std::string, wire::Schema> named_schemas(const std::vector<Operation>& operations) {
    std::map<std::string, wire::Schema> named;
    for (const Operation& operation : operations) {
        if (operation.spec.access == Access::internal) {
            continue;
        }
        if (operation.has_request) {
            wire::collect_named(operation.request(), named);
        }
        if (operation.has_response) {
            wire::collect_named(operation.response(), named);
        }
    }
    return named;
}

// Names of the schemas that `value` refers to, and those that these refer to.
void collect_references(const wire::Value& value, const wire::Value& schemas,
                        std::set<std::string>& names) {
    constexpr std::string_view prefix = "#/components/schemas/";
    if (const wire::Array* items = value.if_array()) {
        for (const wire::Value& item : *items) {
            collect_references(item, schemas, names);
        }
    }
    if (value.if_object() == nullptr) {
        return;
    }
    for (const auto& [key, member] : *value.if_object()) {
        const std::string* text = member.if_string();
        const bool is_reference = key == "$ref" && text != nullptr && text->starts_with(prefix);
        if (!is_reference) {
            collect_references(member, schemas, names);
            continue;
        }
        const std::string name = text->substr(prefix.size());
        if (names.insert(name).second && schemas.find(name) != nullptr) {
            collect_references(*schemas.find(name), schemas, names);
        }
    }
}

// The schemas of `all` that the paths need: requests whose members stand in path or query have
// none.
wire::Value used_schemas(const wire::Value& all, const wire::Value& paths) {
    std::set<std::string> names{"Problem"};
    collect_references(paths, all, names);
    wire::Value used{wire::Object{}};
    for (const auto& [name, schema] : *all.if_object()) {
        if (names.contains(name)) {
            used.set(name, schema);
        }
    }
    return used;
}

wire::Value problem_schema() {
    const wire::Value text = wire::Object{{"type", "string"}};
    wire::Object field{
        {"type", "object"},
        {"properties", wire::Object{{"field", text}, {"code", text}, {"message", text}}}};
    return wire::Object{
        {"type", "object"},
        {"required", wire::Array{"type", "title", "status", "detail", "code"}},
        {"properties",
         wire::Object{{"type", text},
                      {"title", text},
                      {"status", wire::Object{{"type", "integer"}}},
                      {"detail", text},
                      {"code", text},
                      {"request_id", text},
                      {"errors", wire::Object{{"type", "array"}, {"items", field}}}}}};
}

}  // namespace

wire::Value openapi_document(const std::vector<Operation>& operations, std::string_view version) {
    wire::Value paths{wire::Object{}};
    wire::Array tags;
    std::set<std::string_view> services;
    for (const Operation& operation : operations) {
        if (operation.spec.access == Access::internal) {
            continue;
        }
        if (services.insert(operation.service).second) {
            tags.emplace_back(
                wire::Object{{"name", operation.service},
                             {"description", "Operations of " + std::string{operation.service}}});
        }
        const std::string path{operation.spec.path};
        wire::Value item =
            paths.find(path) != nullptr ? *paths.find(path) : wire::Value{wire::Object{}};
        std::string method{operation.spec.method};
        for (char& c : method) {
            c = static_cast<char>(c + ('a' - 'A'));
        }
        item.set(method, operation_object(operation));
        paths.set(path, std::move(item));
    }
    wire::Value schemas{wire::Object{}};
    for (const auto& [name, schema] : named_schemas(operations)) {
        schemas.set(name, wire::to_openapi_definition(schema));
    }
    schemas.set("Problem", problem_schema());
    const wire::Object problem{
        {"description", "A problem (RFC 9457)"},
        {"content", json_content(reference("Problem"), "application/problem+json")}};
    const wire::Object bearer{{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "JWT"}};
    return wire::Object{
        {"openapi", "3.1.0"},
        {"info",
         wire::Object{{"title", "Loquat"},
                      {"version", version},
                      {"license",
                       wire::Object{{"name", "Apache License 2.0"}, {"identifier", "Apache-2.0"}}},
                      {"description",
                       "Self-hosted chat. Times are RFC 3339 UTC, ids are UUIDv7, errors are "
                       "application/problem+json with a stable code."}}},
        {"servers", wire::Array{wire::Value{wire::Object{{"url", "/"}}}}},
        {"tags", std::move(tags)},
        {"paths", paths},
        {"components", wire::Object{{"schemas", used_schemas(schemas, paths)},
                                    {"responses", wire::Object{{"Problem", problem}}},
                                    {"securitySchemes", wire::Object{{"bearer", bearer}}}}}};
}

std::string typescript_document(const std::vector<Operation>& operations,
                                const std::vector<LiveFeed>& feeds) {
    std::string out = "// Generated by `loquat contracts typescript`; do not edit.\n\n";
    out.append(problem_typescript);
    std::map<std::string, wire::Schema> named = named_schemas(operations);
    std::string constants;
    std::string by_destination = "\n/** By destination; an id follows a slash at the end. */\n";
    by_destination += "export interface Feeds {\n";
    for (const LiveFeed& feed : feeds) {
        wire::collect_named(feed.events, named);
        const std::string destination = "\"" + std::string{feed.destination} + "\"";
        constants += "export const " + std::string{feed.name} + " = " + destination + ";\n";
        by_destination += "  " + destination + ": " + feed.events.name + ";\n";
    }
    for (const auto& [name, schema] : named) {
        out += "\n" + wire::to_typescript(schema);
    }
    return out + by_destination + "}\n\n" + constants;
}

}  // namespace loquat::contracts
