#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace loquat::gateway {

// The path that routes are chosen by and upstreams are sent: one spelling for one meaning.
//
// Refused (none), because the next server might read them differently: empty segments (`//`), `.`
// and `..` also when escaped, an escaped slash, backslash or control character, a backslash, and
// any path that does not begin with '/'.  Escapes of unreserved characters (RFC 3986 section 2.3)
// are undone into `scratch`, because
// `%61dmin` and `admin` are the same path; all others stay as they came.
//
// The view is `path` itself or `scratch`.
std::optional<std::string_view> check_path(std::string_view path, std::string& scratch);

}  // namespace loquat::gateway
