#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace loquat::store {

// `{service}` in a URL stands for the service that connects: in its user, so that each has a role
// of its own, and in its passfile, so that each has a password of its own.
std::string url_of_service(std::string url, std::string_view service);
bool names_services(std::string_view url);

// What libpq makes of a URL; without the PG* variables, which belong to one process.
struct UrlParts {
    std::string user;
    std::string password;
    std::string passfile;
};
// `config.invalid` with libpq's words when it is none.
UrlParts parts_of(const std::string& url);

}  // namespace loquat::store
