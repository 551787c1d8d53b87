#pragma once
#include <chrono>

#include "runtime/several_instances.hpp"
#include "services/gateway/domain/route_extras.hpp"
#include "wire/codec.hpp"

namespace loquat::gateway {

inline constexpr std::string_view link_local_setting = "gateway.upstream.link_local_networks";

// Who may use a route; internal routes do not exist here.
enum class RouteAccess { anyone, user, admin };
BOOST_DESCRIBE_ENUM(RouteAccess, anyone, user, admin)

// What is done with a path that servers read in more than one way.
enum class PathRule { refuse, pass };
BOOST_DESCRIBE_ENUM(PathRule, refuse, pass)

// What a server behind gets of the credential that the person has for Loquat.
enum class CredentialRule { withhold, pass };
BOOST_DESCRIBE_ENUM(CredentialRule, withhold, pass)

struct TlsConfig {
    std::string certificate_file;
    std::string key_file;
    bool self_signed = false;

    static constexpr std::array fields{
        wire::Field{.name = "certificate_file",
                    .doc = "PEM chain; with key_file the port speaks TLS."},
        wire::Field{.name = "key_file", .doc = "PEM private key."},
        wire::Field{.name = "self_signed",
                    .doc = "TLS with a certificate of its own, kept in the data folder."},
    };
};
BOOST_DESCRIBE_STRUCT(TlsConfig, (), (certificate_file, key_file, self_signed))

// Another limit for one route.  `path` is written as in the route's table:
// /api/chats/{id}/messages.
struct LimitOverride {
    std::string method;
    std::string path;
    std::int32_t per_minute = 0;
    std::int32_t burst = 0;

    static constexpr std::array<std::string_view, 1> defaulted{"burst"};
    static constexpr std::array fields{
        wire::Field{"method", 1, 16, "GET, POST, PUT, PATCH or DELETE."},
        wire::Field{"path", 1, 512, "As the API writes it: /api/chats/{id}/messages."},
        wire::Field{"per_minute", 0, 1'000'000, "0: no limit."},
        wire::Field{"burst", 0, 1'000'000, "Requests at once; 0: as much as per_minute."},
    };
};
BOOST_DESCRIBE_STRUCT(LimitOverride, (), (method, path, per_minute, burst))

// Requests a minute, each with a burst of as much.
struct LimitsConfig {
    bool enabled = true;
    std::int32_t address_per_minute = 100;
    std::int32_t user_per_minute = 600;
    std::int32_t model_per_minute = 30;
    std::int32_t sign_in_per_minute = 10;
    std::int32_t upgrade_per_minute = 600;
    std::int32_t file_per_minute = 1'200;
    std::int32_t shop_per_minute = 100;
    std::int32_t guest_per_minute = 30;
    std::size_t keys_max = 65'536;
    std::vector<LimitOverride> routes;

    static constexpr std::array fields{
        wire::Field{.name = "enabled", .doc = "Switch off to measure."},
        wire::Field{"address_per_minute", 1, 1'000'000,
                    "Of an address (IPv6: a /64) without a token."},
        wire::Field{"user_per_minute", 1, 1'000'000, "Of a signed-in user, all sessions together."},
        wire::Field{"model_per_minute", 1, 1'000'000, "Calls that start a model."},
        wire::Field{"sign_in_per_minute", 1, 1'000'000,
                    "Sign-in attempts of an address for an account."},
        wire::Field{"upgrade_per_minute", 1, 1'000'000, "WebSocket connects of an address."},
        wire::Field{"file_per_minute", 1, 1'000'000, "Files of the web app for an address."},
        wire::Field{"shop_per_minute", 1, 1'000'000,
                    "Calls of the shop, of a person or an address."},
        wire::Field{"guest_per_minute", 1, 1'000'000,
                    "Shopping sessions that an address opens without an account."},
        wire::Field{"keys_max", 1024, 16'777'216, "Callers remembered at once, 24 bytes each."},
        wire::Field{"routes", 0, 1000, "Other limits for single routes."},
    };
};
BOOST_DESCRIBE_STRUCT(LimitsConfig, (),
                      (enabled, address_per_minute, user_per_minute, model_per_minute,
                       sign_in_per_minute, upgrade_per_minute, file_per_minute, shop_per_minute,
                       guest_per_minute, keys_max, routes))

// A field that a request must carry; with an empty value its presence is enough.
struct HeaderCondition {
    std::string name;
    std::string value;

    static constexpr std::array<std::string_view, 1> defaulted{"value"};
    static constexpr std::array fields{
        wire::Field{"name", 1, 200, "Name of a field that a request must carry."},
        wire::Field{"value", 0, 4'000, "What it must be; empty: anything."},
    };
};
BOOST_DESCRIBE_STRUCT(HeaderCondition, (), (name, value))

// A predicate or a filter by its name in Spring Cloud Gateway, with its arguments in the order of
// the short form: AddRequestHeader, [X-A, b].
struct StepConfig {
    std::string name;
    std::vector<std::string> args;

    static constexpr std::array<std::string_view, 1> defaulted{"args"};
    static constexpr std::array fields{
        wire::Field{"name", 1, 64, "As Spring Cloud Gateway names it: StripPrefix."},
        wire::Field{"args", 0, 64, "In the order of its short form."},
    };
};
BOOST_DESCRIBE_STRUCT(StepConfig, (), (name, args))

// What is answered when the servers of a route cannot: they are away, silent, or left alone.  What
// was last good comes first, then the status or the path.
struct FallbackConfig {
    std::int32_t status = 0;
    std::string body;
    std::string content_type = "application/json";
    std::string path;
    LastGoodConfig last_good;

    static constexpr std::array<std::string_view, 5> defaulted{"status", "body", "content_type",
                                                               "path", "last_good"};
    static constexpr std::array fields{
        wire::Field{"status", 0, 599, "Of an answer of its own; 0: none."},
        wire::Field{"body", 0, 65'536, "Of that answer."},
        wire::Field{"content_type", 0, 200, "Of that body."},
        wire::Field{"path", 0, 512, "Of another configured route, which answers instead: /sorry."},
        wire::Field{.name = "last_good", .doc = "The last good answer to the same GET."},
    };
};
BOOST_DESCRIBE_STRUCT(FallbackConfig, (), (status, body, content_type, path, last_good))

// A route to servers behind the gateway.  Among routes of the same path the first that fits wins.
// What Loquat answers itself is out of reach: a wide pattern (/**) gets the rest, and one that only
// could take such paths is refused.
struct RouteConfig {
    std::string id;
    std::string path;
    std::vector<std::string> methods;
    std::string host;
    std::vector<HeaderCondition> headers;
    std::string rewrite;
    std::vector<std::string> upstreams;
    std::string service;
    RouteAccess access = RouteAccess::anyone;
    std::int32_t per_minute = 0;
    std::size_t body_bytes_max = 64 * 1024 * 1024;
    std::chrono::milliseconds time_ms_max{0};
    PathRule encoded_slashes = PathRule::refuse;
    PathRule path_parameters = PathRule::refuse;
    CredentialRule credentials = CredentialRule::withhold;
    std::string audience;
    std::string health_path;
    FallbackConfig fallback;
    CacheConfig cache;
    MirrorConfig mirror;
    std::vector<StepConfig> predicates;
    std::vector<StepConfig> filters;

    static constexpr std::array<std::string_view, 20> defaulted{
        "methods",        "host",        "headers",         "rewrite",
        "upstreams",      "service",     "access",          "per_minute",
        "body_bytes_max", "time_ms_max", "encoded_slashes", "path_parameters",
        "credentials",    "audience",    "health_path",     "fallback",
        "cache",          "mirror",      "predicates",      "filters"};
    static constexpr std::array fields{
        wire::Field{"id", 1, 64, "Name in metrics and logs; unique."},
        wire::Field{"path", 1, 512, "Pattern: {name} is one segment, a last ** any rest."},
        wire::Field{"methods", 0, 16, "Empty: all."},
        wire::Field{"host", 0, 253, "Without port; *.example.org covers subdomains; empty: any."},
        wire::Field{"headers", 0, 16, "All must hold."},
        wire::Field{"rewrite", 0, 512, "Path upstream: /v2/{name}/** ; empty: as it came."},
        wire::Field{
            "upstreams", 0, 64,
            "http://host:port of each server, or one lb://NAME: wherever the platform knows "
            "NAME to be; or name a service."},
        wire::Field{"service", 0, 64, "A service of Loquat that runs elsewhere."},
        wire::Field{.name = "access", .doc = "anyone, user or admin."},
        wire::Field{"per_minute", 0, 1'000'000, "0: the caller's usual limit."},
        wire::Field{"body_bytes_max", 0, std::int64_t{1} << 40, "Of a request."},
        wire::Field{"time_ms_max", 0, 86'400'000, "Whole exchange; 0: only stalls end it."},
        wire::Field{.name = "encoded_slashes",
                    .doc = "pass: %2F and %5C are part of a name to these servers; the path goes "
                           "on byte for byte; refuse: 400."},
        wire::Field{.name = "path_parameters",
                    .doc = "pass: `;` and what follows go on as they came, where they do not "
                           "change the route; refuse: 400."},
        wire::Field{.name = "credentials",
                    .doc = "pass: bearer tokens, the session's cookie and access_token go on to "
                           "these servers; withhold: they do not."},
        wire::Field{"audience", 0, 200,
                    "`aud` of X-Loquat-Identity, which tells these servers who asks; empty: id."},
        wire::Field{"health_path", 0, 512,
                    "Asked of each server; one that does not answer 2xx gets no requests."},
        wire::Field{.name = "fallback", .doc = "What is answered when the servers cannot."},
        wire::Field{.name = "cache", .doc = "Answers to GET that are given more than once."},
        wire::Field{.name = "mirror", .doc = "Another server that sees requests too."},
        wire::Field{"predicates", 0, 32, "What else a request must be: Query, Cookie, Weight ..."},
        wire::Field{"filters", 0, 64, "What is changed of requests and answers."},
    };
};
BOOST_DESCRIBE_STRUCT(RouteConfig, (),
                      (id, path, methods, host, headers, rewrite, upstreams, service, access,
                       per_minute, body_bytes_max, time_ms_max, encoded_slashes, path_parameters,
                       credentials, audience, health_path, fallback, cache, mirror, predicates,
                       filters))

// A part of an answer that is joined from several.
struct PartConfig {
    std::string name;
    std::string path;
    std::chrono::milliseconds time_ms_max{1'000};

    static constexpr std::array<std::string_view, 1> defaulted{"time_ms_max"};
    static constexpr std::array fields{
        wire::Field{"name", 1, 64, "Of the member that it becomes."},
        wire::Field{"path", 1, 1'000, "Asked with GET, with its query; {user} is the caller's id."},
        wire::Field{"time_ms_max", 1, 60'000, "Later it is absent."},
    };
};
BOOST_DESCRIBE_STRUCT(PartConfig, (), (name, path, time_ms_max))

// A path whose answer is joined from those of several services, which are asked at once.
struct JoinConfig {
    std::string path;
    std::vector<PartConfig> parts;

    static constexpr std::array fields{
        wire::Field{"path", 1, 512, "For signed-in users; none of Loquat's own."},
        wire::Field{"parts", 1, 16, "What is asked, and what it becomes."},
    };
};
BOOST_DESCRIBE_STRUCT(JoinConfig, (), (path, parts))

struct UpstreamConfig {
    std::chrono::milliseconds connect_ms_max{2'000};
    std::chrono::milliseconds head_ms_max{30'000};
    std::chrono::milliseconds stall_ms_max{60'000};
    std::chrono::milliseconds idle_ms_max{30'000};
    std::size_t idle_connections_max = 256;
    std::size_t connections_max = 1'024;
    std::int32_t eject_after_failures = 5;
    std::chrono::milliseconds eject_ms{10'000};
    std::int32_t attempts_max = 3;
    std::int32_t retries_per_second_min = 10;
    std::chrono::milliseconds attempt_ms_max{5'000};
    std::int32_t requests_max = 4'096;
    std::chrono::milliseconds health_ms{1'000};
    std::chrono::milliseconds health_ms_max{1'000};
    std::vector<std::string> link_local_networks;

    static constexpr std::array fields{
        wire::Field{"connect_ms_max", 1, 60'000, "To a connection."},
        wire::Field{"head_ms_max", 1, 600'000, "Request sent to the end of the answer's head."},
        wire::Field{"stall_ms_max", 1, 3'600'000, "Between two pieces of an answer."},
        wire::Field{"idle_ms_max", 1, 3'600'000, "Keep it below the upstream's own limit."},
        wire::Field{"idle_connections_max", 0, 65'536, "Per address and loop."},
        wire::Field{"connections_max", 1, 65'536, "Per address and loop; more: 503."},
        wire::Field{"eject_after_failures", 1, 1000, "Failures in a row that rest an address."},
        wire::Field{"eject_ms", 100, 3'600'000, "First rest; it grows with each, up to tenfold."},
        wire::Field{"attempts_max", 1, 10, "Addresses tried for a request that may be repeated."},
        wire::Field{"retries_per_second_min", 0, 10'000,
                    "Repeats to an upstream that are free; beyond them platform.clients says."},
        wire::Field{"attempt_ms_max", 1, 600'000,
                    "To the head of an answer, where another server could be asked instead."},
        wire::Field{"requests_max", 1, 1'000'000, "Under way to an upstream, per loop; more: 503."},
        wire::Field{"health_ms", 10, 3'600'000, "Between two checks of health_path."},
        wire::Field{"health_ms_max", 1, 60'000, "For the answer to a check."},
        wire::Field{"link_local_networks", 0, 64,
                    "Link-local and metadata networks where upstreams may be all the same."},
    };
};
BOOST_DESCRIBE_STRUCT(UpstreamConfig, (),
                      (connect_ms_max, head_ms_max, stall_ms_max, idle_ms_max, idle_connections_max,
                       connections_max, eject_after_failures, eject_ms, attempts_max,
                       retries_per_second_min, attempt_ms_max, requests_max, health_ms,
                       health_ms_max, link_local_networks))

// A setting of Spring Cloud Gateway that did not come with a file.
struct SpringKey {
    std::string path;
    std::string value;
    std::string origin;

    static constexpr std::array fields{
        wire::Field{"path", 1, 1'000, "spring.cloud.gateway.routes[0].uri"},
        wire::Field{"value", 0, 65'536, "As text."},
        wire::Field{"origin", 0, 1'000, "Who gave it, for what is said of it."},
    };
};
BOOST_DESCRIBE_STRUCT(SpringKey, (), (path, value, origin))

struct GatewayConfig {
    runtime::HowMany instances = runtime::HowMany::one;
    std::int32_t port = 8080;
    std::string address = "127.0.0.1";
    TlsConfig tls;
    std::vector<std::string> trusted_proxies;
    LimitsConfig limits;
    bool http2 = true;
    bool access_log = true;
    std::int32_t trace_percent = 10;
    std::chrono::milliseconds head_ms_max{10'000};
    std::chrono::milliseconds idle_ms_max{75'000};
    std::chrono::milliseconds body_ms_max{30'000};
    std::chrono::milliseconds body_pause_ms_max{30'000};
    std::chrono::milliseconds body_grace_ms{10'000};
    std::size_t body_bytes_per_second_min = 1'024;
    std::size_t header_bytes_max = 16 * 1024;
    std::size_t connections_max = 50'000;
    std::size_t connections_per_address_max = 0;
    std::size_t tunnels_max = 50'000;
    std::size_t cache_bytes_max = 256 * 1024 * 1024;
    UpstreamConfig upstream;
    std::vector<RouteConfig> routes;
    std::string routes_file;
    std::vector<SpringKey> spring;
    std::vector<JoinConfig> joins{{"/api/home",
                                   {{"me", "/api/auth/me"},
                                    {"conversations", "/api/chats"},
                                    {"presence", "/api/presence?user_ids={user}"},
                                    {"usage", "/api/usage"}}}};

    static constexpr std::array<std::string_view, 2> live{"routes", "spring"};
    static constexpr std::array fields{
        wire::Field{.name = "instances",
                    .doc = "`several`: other processes of this machine share the port, and the "
                           "kernel spreads connections over them."},
        wire::Field{"port", 0, 65'535, "0: any free one."},
        wire::Field{"address", 1, 64, "Numeric; :: is every address."},
        wire::Field{.name = "tls",
                    .doc = "Without files and self_signed the port speaks plain HTTP."},
        wire::Field{.name = "limits", .doc = "How much one caller may ask for."},
        wire::Field{.name = "upstream", .doc = "How servers behind are spoken to."},
        wire::Field{"trusted_proxies", 0, 64, "Addresses or networks whose X-Forwarded-* count."},
        wire::Field{.name = "http2",
                    .doc = "Offered to browsers by TLS; without TLS for who knows it beforehand."},
        wire::Field{.name = "access_log", .doc = "One record a request."},
        wire::Field{"trace_percent", 0, 100, "Requests without a traceparent marked as sampled."},
        wire::Field{"head_ms_max", 100, 600'000, "First byte of a request to the end of its head."},
        wire::Field{"idle_ms_max", 100, 3'600'000, "A connection without a request."},
        wire::Field{"body_ms_max", 100, 3'600'000,
                    "Whole body of a request that Loquat answers itself."},
        wire::Field{"body_pause_ms_max", 100, 3'600'000, "Between two pieces of any body."},
        wire::Field{"body_grace_ms", 100, 3'600'000,
                    "Waited for a body before its least rate counts."},
        wire::Field{"body_bytes_per_second_min", 0, 1'000'000'000,
                    "Least rate of a body while it is waited for; slower: 408; 0: none."},
        wire::Field{"header_bytes_max", 1024, 1'048'576, "Whole head; more: 431."},
        wire::Field{"connections_max", 1, 10'000'000, "Per loop; more: 503."},
        wire::Field{"connections_per_address_max", 0, 1'000'000, "Per loop; 0: no limit."},
        wire::Field{"tunnels_max", 1, 10'000'000, "Upgraded connections to upstreams, per loop."},
        wire::Field{"cache_bytes_max", 1'024, std::int64_t{1} << 40,
                    "Kept answers of all routes together, of this process."},
        wire::Field{"routes", 0, 100'000, "Routes to servers behind the gateway."},
        wire::Field{"joins", 0, 64, "Paths whose answer is joined from several."},
        wire::Field{.name = "routes_file",
                    .doc = "A YAML file with routes of Spring Cloud Gateway; they come after "
                           "`routes`."},
        wire::Field{"spring", 0, 100'000,
                    "Made of what a config server has at spring.cloud.gateway; stronger than "
                    "`routes_file`."},
    };
};
BOOST_DESCRIBE_STRUCT(GatewayConfig, (),
                      (instances, port, address, tls, trusted_proxies, limits, http2, access_log,
                       trace_percent, head_ms_max, idle_ms_max, body_ms_max, body_pause_ms_max,
                       body_grace_ms, body_bytes_per_second_min, header_bytes_max, connections_max,
                       connections_per_address_max, tunnels_max, cache_bytes_max, upstream, routes,
                       routes_file, spring, joins))

}  // namespace loquat::gateway
