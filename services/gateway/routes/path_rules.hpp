#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace loquat::gateway {

// What servers read differently in a path that is otherwise plain.
struct PathOddities {
    bool has_encoded_slash = false;  // %2F, %5C: a slash, or a character of a name?
    bool has_parameters = false;     // `;` or %3B: containers drop what follows it
    bool is_disguised = false;       // escaped twice, or UTF-8 longer than it needs to be
    bool any() const { return has_encoded_slash || has_parameters || is_disguised; }
};

struct CheckedPath {
    std::string_view path;  // what was given, or `scratch`
    PathOddities oddities;
};

// The path that routes are chosen by and upstreams are sent: one spelling for one meaning.
//
// Refused (none), because the next server might read them differently: empty segments (`//`), `.`
// and `..` also when escaped or followed by `;`, an escaped control character, a backslash, and any
// path that does not begin with '/'.  Escapes of unreserved characters (RFC 3986 section 2.3) are
// undone into `scratch`, because `%61dmin` and `admin` are the same path; all others stay as they
// came.  What is left to a route's own settings is told in `oddities`.
std::optional<CheckedPath> check_path(std::string_view path, std::string& scratch);

// How else a server could read a checked path: with %2F and %5C as slashes, without parameters,
// with slashes in a row as one, without the last slash.  Never the path itself.
std::vector<std::string> other_readings(std::string_view path);

}  // namespace loquat::gateway
