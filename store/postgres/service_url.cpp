#include "store/postgres/service_url.hpp"

#include <memory>

#include "base/failure.hpp"
#include "base/text.hpp"
#include "store/postgres/pq_library.hpp"

namespace loquat::store {
namespace {

constexpr std::string_view placeholder = "{service}";

}  // namespace

std::string url_of_service(std::string url, std::string_view service) {
    for (std::size_t at = url.find(placeholder); at != std::string::npos;
         at = url.find(placeholder, at + service.size())) {
        url.replace(at, placeholder.size(), service);
    }
    return url;
}

bool names_services(std::string_view url) { return url.contains(placeholder); }

UrlParts parts_of(const std::string& url) {
    const PqLibrary& pq = PqLibrary::get();
    char* error = nullptr;
    const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options{
        pq.conninfoParse(url.c_str(), &error), pq.conninfoFree};
    const std::unique_ptr<char, void (*)(void*)> words{error, pq.freemem};
    if (!options) {
        throw Failure{Kind::invalid, "config.invalid",
                      "The URL of PostgreSQL cannot be read: " +
                          std::string{words ? trim(words.get()) : "no memory"}};
    }
    UrlParts parts;
    for (const PQconninfoOption* one = options.get(); one->keyword != nullptr; ++one) {
        const std::string_view name = one->keyword;
        const std::string value = one->val != nullptr ? one->val : "";
        if (name == "user") {
            parts.user = value;
        } else if (name == "password") {
            parts.password = value;
        } else if (name == "passfile") {
            parts.passfile = value;
        }
    }
    return parts;
}

}  // namespace loquat::store
