#pragma once
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace loquat {

// The closed list of ways in which a request can end without success.  Each maps to one HTTP status
// (in brackets), one STOMP ERROR and one WebSocket close code; see runtime/front/problem.hpp.
enum class Kind {
    invalid,          // 422: the request is well formed but its content is not acceptable
    malformed,        // 400: the request cannot be parsed
    unauthenticated,  // 401
    unpaid,           // 402: a payment was refused
    forbidden,        // 403
    not_found,        // 404
    not_allowed,      // 405: the path exists, the method does not
    conflict,         // 409
    gone,             // 410
    precondition,     // 412: what the request says must hold (If-Match) does not
    too_large,        // 413
    unsupported,      // 415
    limited,          // 429
    internal,         // 500
    unavailable,      // 503
    timed_out,        // 504
};

// One field of a request that was refused.  `field` is a path such as `members[2].role`.
struct FieldError {
    std::string field;
    std::string code;
    std::string message;
};

// "This request cannot succeed."  The only exception that may cross a service boundary.
// `code` is stable and dotted (`chat.not_a_member`); `message` is for the user; `detail` for the
// log only.
class Failure : public std::exception {
  public:
    Failure(Kind kind, std::string code, std::string message, std::string detail = {})
        : kind(kind),
          code(std::move(code)),
          message(std::move(message)),
          detail(std::move(detail)) {}

    const char* what() const noexcept override { return message.c_str(); }

    Failure&& retry_in(std::chrono::seconds wait) && {
        retry_after = wait;
        return std::move(*this);
    }
    Failure&& at(std::string field, std::string field_code, std::string field_message) && {
        fields.push_back({std::move(field), std::move(field_code), std::move(field_message)});
        return std::move(*this);
    }

    Kind kind;
    std::string code;
    std::string message;
    std::string detail;
    std::vector<FieldError> fields;
    // Further members of the problem body, by name; few.  Those of `extra` are texts, those of
    // `values` are JSON of any kind, written already (wire/failure_value.hpp).
    std::vector<std::pair<std::string, std::string>> extra;
    std::vector<std::pair<std::string, std::string>> values;
    std::optional<std::chrono::seconds> retry_after;
};

// 422 `request.invalid` that names one field.
inline Failure invalid_field(std::string field, std::string code, std::string message) {
    Failure failure{Kind::invalid, "request.invalid", field + ": " + message};
    failure.fields.push_back({std::move(field), std::move(code), std::move(message)});
    return failure;
}

int http_status(Kind kind);
std::optional<Kind> kind_of_status(int status);

}  // namespace loquat
