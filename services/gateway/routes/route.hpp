#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "contracts/core/route.hpp"
#include "services/gateway/config.hpp"
#include "services/gateway/domain/gcra.hpp"
#include "services/gateway/domain/methods.hpp"
#include "services/gateway/routes/conditions.hpp"
#include "services/gateway/routes/filters.hpp"
#include "services/gateway/routes/rewrite.hpp"

namespace loquat::runtime {
struct HostedOperation;
}

namespace loquat::gateway {

enum class Target : std::uint8_t {
    operation,  // of a service in this process
    upstream,   // servers behind the gateway
    own,        // the gateway's own answers
};

enum class RouteMaker : std::uint8_t {
    product,        // what Loquat answers, here or in another process of it
    configuration,  // servers of others
};

enum class OwnAnswer : std::uint8_t {
    none,
    liveness,
    operations,
    clients,
    openapi,
    docs,
    docs_style,
    identity_keys,
    list_routes,
    replace_routes,
    join
};

// Who else may trust what the gateway says of a caller.
enum class UpstreamTrust : std::uint8_t {
    outside,   // gets what the client sent but its credential, and who asks
    platform,  // a service of ours: gets the internal key and the verified caller
};

enum class LimitKind : std::uint8_t {
    none,
    standard,
    sign_in,
    model,
    upgrade,
    file,
    shop,
    guest,
    own
};

LimitKind limit_kind_of(contracts::LimitClass of_class);

// Which limit counts.  `own`: `rate` for each caller of this route, told apart by `key`.
struct RouteLimit {
    LimitKind kind = LimitKind::standard;
    Rate rate;
    std::uint64_t key = 0;
};

// Which answers of a route are kept, and where.
struct Keeping {
    std::string room;  // of what the cache has; a changed route has another one
    std::string room_of_good;
    CacheConfig cache;
    LastGoodConfig last_good;
    std::vector<std::string> forgets;  // rooms in which a change of this path is a change
};

// Where a share of a route's requests goes too.
struct Mirror {
    std::size_t upstream = 0;  // position in the table's upstreams
    MirrorConfig rules;
};

struct Route {
    std::size_t number = 0;  // position in the table
    std::string id;          // in metrics and logs
    std::string pattern;
    std::vector<std::string_view> parameter_names;  // of the pattern, in order
    Methods methods;
    std::string host;  // lower case; empty: any; `*.` in front: subdomains
    std::vector<HeaderCondition> headers;
    Target target = Target::own;
    RouteMaker made_by = RouteMaker::product;
    contracts::Access access = contracts::Access::anyone;
    RouteLimit limit;
    std::size_t body_bytes_max = 0;
    std::chrono::milliseconds time_max{0};  // 0: only stalls end it
    // What the contract of our own says; else the method decides.
    contracts::Repeat repeat = contracts::Repeat::by_method;

    const runtime::HostedOperation* operation = nullptr;
    OwnAnswer own = OwnAnswer::none;
    std::size_t join = 0;      // of OwnAnswer::join: position in gateway.joins
    std::size_t upstream = 0;  // position in the table's upstreams
    PathRule encoded_slashes = PathRule::refuse;
    PathRule path_parameters = PathRule::refuse;
    CredentialRule credentials = CredentialRule::withhold;
    std::string audience;  // of what tells the upstream who asks
    UpstreamTrust trust = UpstreamTrust::outside;
    Rewrite rewrite;
    Conditions conditions;
    Filters filters;
    FallbackConfig fallback;                 // when the upstream cannot answer
    std::shared_ptr<const Keeping> keeping;  // null: nothing is kept
    std::shared_ptr<const Mirror> mirror;    // null: none
};

}  // namespace loquat::gateway
