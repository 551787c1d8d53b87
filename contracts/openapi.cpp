#include "contracts/openapi.hpp"

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

bool is_in_path(const RouteSpec& spec, const std::string& name) {
    return spec.path.find("{" + name + "}") != std::string_view::npos;
}

bool reads_query(const RouteSpec& spec) { return spec.method == "GET" || spec.method == "DELETE"; }

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
                         {"schema", wire::to_openapi(property.type.front())}};
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
         "with what was made then, with another body it is 409 request.idempotency_conflict. At "
         "most 255 bytes of UTF-8 without control characters; each person and operation has keys "
         "of its own."}};
}

// The request's body: its struct without the members that the path gives.
wire::Value body_of(const Operation& operation, const wire::Schema& request) {
    wire::Schema body = request;
    std::erase_if(body.properties,
                  [&](const auto& property) { return is_in_path(operation.spec, property.name); });
    if (body.properties.empty()) {
        return nullptr;
    }
    const bool is_whole = body.properties.size() == request.properties.size();
    wire::Value schema = is_whole ? reference(request.name) : wire::to_openapi_definition(body);
    return wire::Object{{"required", true}, {"content", json_content(std::move(schema))}};
}

wire::Value responses_of(const Operation& operation) {
    wire::Object success{{"description", operation.has_response ? "Success" : "Done"}};
    if (operation.is_feed) {
        const wire::Object text{{"type", "string"},
                                {"description", "Events, each with JSON in its data"}};
        success = {{"description", "Events until `done`"},
                   {"content", json_content(text, "text/event-stream")}};
    } else if (operation.has_response && operation.spec.status != 204) {
        success.emplace_back("content", json_content(wire::to_openapi(operation.response())));
    }
    const wire::Object problem{
        {"description", "A problem (RFC 9457)"},
        {"content", json_content(reference("Problem"), "application/problem+json")}};
    const int status = operation.has_response || operation.is_feed ? operation.spec.status : 204;
    return wire::Object{{std::to_string(status), std::move(success)}, {"default", problem}};
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
        if (!reads_query(operation.spec)) {
            if (wire::Value body = body_of(operation, request); !body.is_null()) {
                object.emplace_back("requestBody", std::move(body));
            }
        }
    }
    object.emplace_back("responses", responses_of(operation));
    if (operation.spec.access != Access::anyone) {
        object.emplace_back("security",
                            wire::Array{wire::Value{wire::Object{{"bearer", wire::Array{}}}}});
    }
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
    for (const Operation& operation : operations) {
        if (operation.spec.access == Access::internal) {
            continue;
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
    const wire::Object bearer{{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "JWT"}};
    return wire::Object{
        {"openapi", "3.1.0"},
        {"info",
         wire::Object{{"title", "Loquat"},
                      {"version", version},
                      {"description",
                       "Self-hosted chat. Times are RFC 3339 UTC, ids are UUIDv7, errors are "
                       "application/problem+json with a stable code."}}},
        {"paths", std::move(paths)},
        {"components", wire::Object{{"schemas", std::move(schemas)},
                                    {"securitySchemes", wire::Object{{"bearer", bearer}}}}}};
}

std::string typescript_document(const std::vector<Operation>& operations) {
    std::string out = "// Generated by `loquat contracts typescript`; do not edit.\n\n";
    out.append(problem_typescript);
    for (const auto& [name, schema] : named_schemas(operations)) {
        out += "\n" + wire::to_typescript(schema);
    }
    return out;
}

}  // namespace loquat::contracts
