#pragma once
#include <exception>
#include <string>
#include <string_view>

#include "base/failure.hpp"
#include "net/http/message.hpp"

namespace loquat::runtime {

// RFC 9457: {"type","title","status","detail","code","request_id","errors":[...]} and the failure's
// further members. `detail` of the failure stays in the log.
std::string problem_body(const Failure& failure, std::string_view request_id);
// With WWW-Authenticate for 401 and Retry-After where it is known.
net::http::Response problem_response(const Failure& failure, std::string_view request_id);
// Any exception as a Failure: a Failure itself, or `server.internal` with what() as its detail.
Failure to_failure(std::exception_ptr error);
// Reads a problem body back; none-problem bodies give `upstream.bad_answer`.
Failure failure_of_answer(int status, std::string_view body);

}  // namespace loquat::runtime
