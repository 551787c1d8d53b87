#include "runtime/discovery/management_url.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "net/http/client.hpp"

namespace loquat::runtime {
namespace {

// A text that may stand in a target; metadata are anybody's.
std::optional<std::string> find_plain(const contracts::RegistryInstance& instance,
                                      std::string_view name) {
    const wire::Value* value = instance.metadata.find(name);
    const std::string* text = value == nullptr ? nullptr : value->if_string();
    constexpr std::string_view refused = " \"#<>?\\^`{|}";
    const bool is_plain =
        text != nullptr && !text->empty() && std::ranges::all_of(*text, [&](char letter) {
            return letter > 0x20 && letter < 0x7f && refused.find(letter) == std::string_view::npos;
        });
    return is_plain ? std::optional{*text} : std::nullopt;
}

std::string without_end(std::string path) {
    while (path.ends_with('/')) {
        path.pop_back();
    }
    return path;
}

// The place where the path of an address begins; its size where there is none.
std::size_t path_of(std::string_view url) {
    const std::size_t scheme = url.find("://");
    return scheme == std::string_view::npos ? url.size()
                                            : std::min(url.find('/', scheme + 3), url.size());
}

}  // namespace

std::string management_url_of(const contracts::RegistryInstance& instance) {
    if (const auto whole = find_plain(instance, "management.url");
        whole && net::http::Origin::parse(whole->substr(0, path_of(*whole)))) {
        return without_end(*whole);
    }
    auto origin = net::http::Origin::parse(instance.url);
    if (!origin) {
        return {};
    }
    if (const auto scheme = find_plain(instance, "management.scheme")) {
        origin->scheme = equal_ignoring_case(*scheme, "https") ? net::http::Scheme::https
                                                               : net::http::Scheme::http;
    }
    origin->host = find_plain(instance, "management.address").value_or(origin->host);
    const auto port = parse_number(find_plain(instance, "management.port").value_or(""));
    if (port && *port > 0 && *port <= 65'535) {
        origin->port = static_cast<std::uint16_t>(*port);
    }
    std::string path = find_plain(instance, "management.context-path").value_or("/actuator");
    if (!path.starts_with('/')) {
        path.insert(0, "/");
    }
    const char* scheme = origin->scheme == net::http::Scheme::https ? "https://" : "http://";
    return scheme + origin->authority() + without_end(std::move(path));
}

}  // namespace loquat::runtime
