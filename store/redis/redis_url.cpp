#include "store/redis/redis_url.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.hpp"

namespace loquat::store {
namespace {

constexpr std::uint16_t server_port = 6379;
constexpr std::uint16_t sentinel_port = 26379;
constexpr std::size_t hosts_max = 16;
constexpr std::uint64_t databases_max = 16'384;

using Bad = std::unexpected<std::string>;

struct Scheme {
    std::string_view begin;
    RedisTransport transport;
    bool has_sentinels;
};
constexpr Scheme schemes[] = {
    {"redis://", RedisTransport::plain, false},
    {"rediss://", RedisTransport::tls, false},
    {"redis+sentinel://", RedisTransport::plain, true},
    {"rediss+sentinel://", RedisTransport::tls, true},
};

// Takes what stands before the first `end`, and `end`; all of it where there is none.
std::string_view take_until(std::string_view& text, char end) {
    const std::size_t at = text.find(end);
    const std::string_view front = text.substr(0, at);
    text = at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
    return front;
}

std::optional<RedisTarget::Host> read_host(std::string_view text, std::uint16_t usual_port) {
    std::string_view name = text;
    std::string_view port;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) {
            return std::nullopt;
        }
        name = text.substr(1, end - 1);
        port = text.substr(end + 1);
    } else if (const std::size_t colon = text.rfind(':'); colon != std::string_view::npos) {
        name = text.substr(0, colon);
        port = text.substr(colon);
    }
    RedisTarget::Host host{std::string{name}, usual_port};
    if (!port.empty()) {
        const auto number = parse_number(port.substr(1));
        if (port.front() != ':' || !number || *number == 0 || *number > 65'535) {
            return std::nullopt;
        }
        host.port = static_cast<std::uint16_t>(*number);
    }
    return name.empty() ? std::nullopt : std::optional{std::move(host)};
}

// `user:password`, `:password` or, as redis-cli has it, nothing.
bool read_credentials(std::string_view text, RedisTarget& target) {
    const std::string_view user_text = take_until(text, ':');
    const auto user = percent_decode(user_text);
    const auto password = percent_decode(text);
    if (!user || !password || password->empty()) {
        return false;
    }
    target.user = *user;
    target.password = *password;
    return true;
}

std::optional<std::string> read_query(std::string_view query, RedisTarget& target) {
    while (!query.empty()) {
        std::string_view value = take_until(query, '&');
        const std::string_view name = take_until(value, '=');
        auto text = percent_decode(value);
        if (!text) {
            return "has a bad escape";
        }
        if (name == "ca" && target.transport == RedisTransport::tls) {
            target.authority_file = *std::move(text);
        } else if (name == "sentinel_password" && target.has_sentinels()) {
            target.sentinel_password = *std::move(text);
        } else {
            return "has a parameter that means nothing here: " + std::string{name};
        }
    }
    return std::nullopt;
}

}  // namespace

std::string RedisTarget::to_string() const {
    std::string text;
    for (const Host& host : hosts) {
        text += (text.empty() ? "" : ",") + host.name + ":" + std::to_string(host.port);
    }
    return has_sentinels() ? master + " of the Sentinels " + text : text;
}

std::expected<RedisTarget, std::string> read_redis_url(std::string_view url) {
    const auto* const scheme = std::ranges::find_if(
        schemes, [&](const Scheme& one) { return url.starts_with(one.begin); });
    if (scheme == std::end(schemes)) {
        return Bad{
            "does not begin with redis://, rediss://, redis+sentinel:// or "
            "rediss+sentinel://"};
    }
    RedisTarget target{.transport = scheme->transport};
    std::string_view rest = url.substr(scheme->begin.size());
    std::string_view path = take_until(rest, '?');
    const std::string_view query = rest;
    std::string_view hosts = take_until(path, '/');
    if (const std::size_t at = hosts.rfind('@'); at != std::string_view::npos) {
        if (!read_credentials(hosts.substr(0, at), target)) {
            return Bad{"must have USER:PASSWORD or :PASSWORD before the @"};
        }
        hosts = hosts.substr(at + 1);
    }
    while (!hosts.empty()) {
        auto host =
            read_host(take_until(hosts, ','), scheme->has_sentinels ? sentinel_port : server_port);
        if (!host) {
            return Bad{"has a host that is none"};
        }
        target.hosts.push_back(*std::move(host));
    }
    if (target.hosts.empty() || target.hosts.size() > (scheme->has_sentinels ? hosts_max : 1)) {
        return Bad{scheme->has_sentinels ? "must name 1 to 16 Sentinels" : "must name one host"};
    }
    if (scheme->has_sentinels) {
        target.master = std::string{take_until(path, '/')};
        if (target.master.empty()) {
            return Bad{"must have what the Sentinels call the server after the hosts: /MASTER"};
        }
    }
    if (!path.empty()) {
        const auto number = parse_number(path);
        if (!number || *number > databases_max) {
            return Bad{"must end with the number of a database"};
        }
        target.database = static_cast<std::uint32_t>(*number);
    }
    if (auto wrong = read_query(query, target)) {
        return Bad{*std::move(wrong)};
    }
    return target;
}

}  // namespace loquat::store
