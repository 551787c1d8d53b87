#pragma once
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "net/http/client.hpp"
#include "net/http/message.hpp"
#include "runtime/front/path_trie.hpp"
#include "services/gateway/routes/route.hpp"

namespace loquat::gateway {

// Servers behind: at these addresses, or wherever the platform knows `service` to be.
struct Upstream {
    std::string name;
    std::vector<std::string> urls;
    std::string service;
    std::string health_path;  // asked of each address from time to time; empty: none
    bool is_ours = false;     // a service of Loquat: no foreign one that only has its name

    friend bool operator==(const Upstream&, const Upstream&) = default;
};

// Applications that a registry knows get routes by their names: /NAME/** to lb://NAME, without the
// name.
struct LocatorRules {
    enum class Spelling : std::uint8_t { upper, lower };  // of NAME in a path

    Spelling spelling = Spelling::upper;
    std::vector<StepConfig> filters;
    std::set<std::string, std::less<>> withheld = {};  // lower case: services of the platform
};

// What a route is chosen by.
struct RouteQuery {
    Methods method;
    std::string_view path;  // checked, see path_rules.hpp
    std::string_view host;  // with its port
    const net::http::HeaderViews& headers;
    std::string_view query = {};
    const net::Address* client = nullptr;
    std::string_view request_id = {};  // decides which share of a Weight it belongs to
};

// All routes: built once, never changed, read by every loop; a reload builds another one.  Choosing
// takes the time of the path's length, whatever the number of routes.
//
// The product's own come first, whatever the configuration says: a path that one of them has, for
// whichever method, is never handed to a configured route.
class RouteTable {
  public:
    struct Found {
        const Route* route = nullptr;
        runtime::PathParameters parameters;
        Methods allowed;      // without a route: the methods that this path has
        bool is_own = false;  // the path is the product's, with or without a route
    };

    // Routes of the same pattern are tried in the order of adding.
    void add(Route route);
    // Keeps a pattern's paths for the product, whether or not it has a route there.
    void reserve(std::string_view pattern);
    // Whether no path of `pattern` could ever be found for a configured route.
    bool is_reserved(std::string_view pattern) const;
    // Whether the product has paths below `/SEGMENT`.
    bool has_own_below(std::string_view segment) const { return own_firsts_.contains(segment); }
    void set_locator(LocatorRules rules) { locator_ = std::move(rules); }
    const std::optional<LocatorRules>& locator() const { return locator_; }
    // What the configured routes were made from.
    void set_configured(std::vector<RouteConfig> routes) { configured_from_ = std::move(routes); }
    const std::vector<RouteConfig>& configured() const { return configured_from_; }
    // Position of the upstream of that name; added when it is new.
    std::size_t add_upstream(Upstream upstream);

    Found find(const RouteQuery& query) const;

    const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }
    const std::vector<Upstream>& upstreams() const { return upstreams_; }

  private:
    using Cell = std::vector<const Route*>;

    std::vector<std::unique_ptr<Route>> routes_;
    std::vector<Upstream> upstreams_;
    std::unordered_map<std::string, std::size_t> upstream_by_name_;
    runtime::PathTrie<Cell> own_;                    // and what is reserved: empty cells
    runtime::PathTrie<Cell> configured_;             // only asked for paths that own_ has not
    std::vector<std::string> reserved_;              // patterns of own_
    std::set<std::string, std::less<>> own_firsts_;  // segments that they begin with
    std::optional<LocatorRules> locator_;
    std::vector<RouteConfig> configured_from_;
};

}  // namespace loquat::gateway
