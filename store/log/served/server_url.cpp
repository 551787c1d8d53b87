#include "store/log/served/server_url.hpp"

#include "base/text.hpp"

namespace loquat::store {
namespace {

std::optional<ServerAddress> parse_address(std::string_view text, std::uint16_t default_port) {
    ServerAddress address{.port = default_port};
    std::string_view port;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) {
            return std::nullopt;
        }
        address.host = text.substr(1, end - 1);
        port = text.substr(end + 1);
    } else {
        const std::size_t colon = text.find(':');
        address.host = text.substr(0, colon);
        port = colon == std::string_view::npos ? std::string_view{} : text.substr(colon);
    }
    if (address.host.empty() || (!port.empty() && !port.starts_with(':'))) {
        return std::nullopt;
    }
    if (!port.empty()) {
        const auto number = parse_number(port.substr(1));
        if (!number || *number == 0 || *number > 65'535) {
            return std::nullopt;
        }
        address.port = static_cast<std::uint16_t>(*number);
    }
    return address;
}

bool read_credentials(std::string_view text, ServerUrl& url) {
    const std::size_t colon = text.find(':');
    auto user = percent_decode(text.substr(0, colon));
    auto password = percent_decode(colon == std::string_view::npos ? std::string_view{}
                                                                   : text.substr(colon + 1));
    if (!user || !password || user->empty()) {
        return false;
    }
    url.user = *std::move(user);
    url.password = *std::move(password);
    return true;
}

bool read_options(std::string_view text, ServerUrl& url) {
    for (const std::string_view part : split(text, '&')) {
        const std::size_t equals = part.find('=');
        if (equals == std::string_view::npos) {
            return false;
        }
        auto value = percent_decode(part.substr(equals + 1));
        if (!value ||
            !url.options.try_emplace(std::string{part.substr(0, equals)}, *std::move(value))
                 .second) {
            return false;
        }
    }
    return true;
}

}  // namespace

std::optional<ServerUrl> parse_server_url(std::string_view text, std::uint16_t default_port) {
    const std::size_t scheme = text.find("://");
    if (scheme == std::string_view::npos || scheme == 0) {
        return std::nullopt;
    }
    ServerUrl url{.scheme = std::string{text.substr(0, scheme)}};
    text.remove_prefix(scheme + 3);
    if (const std::size_t question = text.find('?'); question != std::string_view::npos) {
        if (!read_options(text.substr(question + 1), url)) {
            return std::nullopt;
        }
        text = text.substr(0, question);
    }
    if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
        auto path = percent_decode(text.substr(slash + 1));
        if (!path) {
            return std::nullopt;
        }
        url.path = *std::move(path);
        url.has_path = true;
        text = text.substr(0, slash);
    }
    if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
        if (!read_credentials(text.substr(0, at), url)) {
            return std::nullopt;
        }
        text.remove_prefix(at + 1);
    }
    for (const std::string_view part : split(text, ',')) {
        auto address = parse_address(part, default_port);
        if (!address) {
            return std::nullopt;
        }
        url.hosts.push_back(*std::move(address));
    }
    return url;
}

}  // namespace loquat::store
