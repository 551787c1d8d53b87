#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "services/gateway/config.hpp"
#include "services/gateway/domain/client_address.hpp"
#include "services/gateway/domain/pattern.hpp"

namespace loquat::gateway {

struct RouteQuery;

// What else a request must be for a route to take it, beside path, methods, host and headers: the
// predicates Query, Cookie, Header, Host, After, Before, Between, RemoteAddr and Weight.
class Conditions {
  public:
    // A share of the requests: those whose draw falls into [from, to) of `total`.
    struct Share {
        std::uint32_t from = 0;
        std::uint32_t to = 0;
        std::uint32_t total = 0;
    };

    // Why `predicate` cannot be; nothing when it can.
    static std::optional<std::string> find_fault(const StepConfig& predicate);
    // `predicate` must be one that can be.  Weight is set by `share_out`.
    void add(const StepConfig& predicate);
    void set_share(Share share);

    bool hold(const RouteQuery& query) const { return is_open_ || all_hold(query); }

  private:
    bool all_hold(const RouteQuery& query) const;

    struct Field {
        enum class Kind : std::uint8_t { header, query, cookie } kind;
        std::string name;
        std::optional<Pattern> value;  // none: its presence is enough
    };

    bool is_open_ = true;  // there are none
    std::vector<Field> fields_;
    std::vector<std::string> hosts_;  // a.example, *.example, **.example
    std::optional<Time> after_;
    std::optional<Time> before_;
    std::shared_ptr<const Networks> from_;
    Share share_;
};

// The shares of all routes with a Weight, by position; those without one have a total of 0.
std::vector<Conditions::Share> share_out(const std::vector<RouteConfig>& routes);

}  // namespace loquat::gateway
