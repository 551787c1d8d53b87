#include "runtime/front/problem.hpp"

#include <algorithm>
#include <array>

#include "aio/scope.hpp"
#include "net/http/message.hpp"
#include "wire/codec.hpp"

namespace loquat::runtime {
namespace {

void add_errors(std::string& body, const std::vector<FieldError>& fields) {
    body += ",\"errors\":[";
    for (std::size_t i = 0; i < fields.size(); ++i) {
        body += i == 0 ? "{\"field\":" : ",{\"field\":";
        wire::append_json_string(body, fields[i].field);
        body += ",\"code\":";
        wire::append_json_string(body, fields[i].code);
        body += ",\"message\":";
        wire::append_json_string(body, fields[i].message);
        body += "}";
    }
    body += "]";
}

constexpr std::array standard_members{"type", "title",      "status", "detail",
                                      "code", "request_id", "errors"};
constexpr std::size_t extra_members_max = 8;

void take_extra_members(const wire::Value& problem, Failure& failure) {
    for (const auto& [name, value] : *problem.if_object()) {
        const bool is_known = std::ranges::find(standard_members, name) != standard_members.end();
        if (is_known || failure.extra.size() + failure.values.size() >= extra_members_max) {
            continue;
        }
        if (const std::string* text = value.if_string()) {
            failure.extra.emplace_back(name, *text);
        } else {
            failure.values.emplace_back(name, wire::to_json(value));
        }
    }
}

std::string text_member(const wire::Value& value, std::string_view name) {
    const wire::Value* member = value.find(name);
    return member != nullptr && member->if_string() != nullptr ? *member->if_string()
                                                               : std::string{};
}

}  // namespace

std::string problem_body(const Failure& failure, std::string_view request_id) {
    const int status = http_status(failure.kind);
    std::string body = "{\"type\":\"about:blank\",\"title\":";
    wire::append_json_string(body, net::http::reason_of(status));
    body += ",\"status\":" + std::to_string(status) + ",\"detail\":";
    wire::append_json_string(body, failure.message);
    body += ",\"code\":";
    wire::append_json_string(body, failure.code);
    if (!request_id.empty()) {
        body += ",\"request_id\":";
        wire::append_json_string(body, request_id);
    }
    if (!failure.fields.empty()) {
        add_errors(body, failure.fields);
    }
    for (const auto& [name, value] : failure.extra) {
        body += ',';
        wire::append_json_string(body, name);
        body += ':';
        wire::append_json_string(body, value);
    }
    for (const auto& [name, json] : failure.values) {
        body += ',';
        wire::append_json_string(body, name);
        body += ':' + json;
    }
    return body + "}";
}

net::http::Response problem_response(const Failure& failure, std::string_view request_id) {
    net::http::Response response{.status = http_status(failure.kind),
                                 .body = problem_body(failure, request_id)};
    response.headers.append("Content-Type", "application/problem+json");
    response.headers.append("Cache-Control", "no-store");
    if (failure.kind == Kind::unauthenticated) {
        response.headers.append("WWW-Authenticate", "Bearer error=\"invalid_token\"");
    }
    if (failure.retry_after) {
        response.headers.append("Retry-After", std::to_string(failure.retry_after->count()));
    } else if (failure.kind == Kind::unavailable || failure.kind == Kind::limited) {
        response.headers.append("Retry-After", "1");
    }
    return response;
}

Failure to_failure(std::exception_ptr error) {
    try {
        std::rethrow_exception(error);
    } catch (const Failure& failure) {
        return failure;
    } catch (const std::exception&) {
        return Failure{Kind::internal, "server.internal",
                       "Something went wrong on our side. It has been logged.",
                       aio::describe(error)};
    }
}

Failure failure_of_answer(int status, std::string_view body) {
    Failure failure{kind_of_status(status).value_or(Kind::unavailable), "upstream.bad_answer",
                    "The service behind gave an answer that cannot be read."};
    try {
        const wire::Value problem = wire::parse(body);
        if (problem.find("code") == nullptr) {
            return failure;
        }
        failure.code = text_member(problem, "code");
        failure.message = text_member(problem, "detail");
        take_extra_members(problem, failure);
        if (const wire::Value* errors = problem.find("errors");
            errors != nullptr && errors->if_array() != nullptr) {
            for (const wire::Value& one : *errors->if_array()) {
                failure.fields.push_back({text_member(one, "field"), text_member(one, "code"),
                                          text_member(one, "message")});
            }
        }
    } catch (const Failure&) {
        return failure;
    }
    return failure;
}

}  // namespace loquat::runtime
