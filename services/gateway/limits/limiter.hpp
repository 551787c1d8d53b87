#pragma once
#include <memory>
#include <optional>
#include <string_view>

#include "base/ids.hpp"
#include "net/address.hpp"
#include "services/gateway/config.hpp"
#include "services/gateway/limits/limit_store.hpp"
#include "services/gateway/routes/route.hpp"

namespace loquat::gateway {

// Decides which limit counts for whom.  A signed-in user is one caller from everywhere; others are
// their address.  Loopback is limited like any other address.
class Limiter {
  public:
    struct Caller {
        net::Address address;
        std::optional<UserId> user;
    };

    // `store` is shared by all loops.
    Limiter(const LimitsConfig& config, LimitStore& store);

    // What came of one request: its verdict, or what has to be asked for it.
    struct Checked {
        std::optional<Verdict> verdict;
        LimitCount count;
    };

    bool is_enabled() const { return enabled_; }
    // Counts one request against the limit of its route.  Routes of sign-in count as any other
    // here; their own limit is `check_sign_in`.
    Checked check(const RouteLimit& limit, const Caller& caller, Steady now);
    // One attempt for that account (folded to lower case) from that address.
    Checked check_sign_in(const net::Address& address, std::string_view account, Steady now);
    // A refused token: counts for the address, so that guessing is not free.
    Checked check_refused_token(const net::Address& address, Steady now);
    // The verdict of one that has none yet.
    Task<Verdict> ask(LimitCount count) { return store_.ask(std::move(count)); }

  private:
    Checked take(std::uint64_t what, const Caller& caller, const Rate& rate, Steady now);
    Checked take(const LimitKey& key, const Rate& rate, Steady now);

    bool enabled_;
    Rate address_rate_;
    Rate user_rate_;
    Rate model_rate_;
    Rate sign_in_rate_;
    Rate upgrade_rate_;
    Rate file_rate_;
    Rate shop_rate_;
    Rate guest_rate_;
    LimitStore& store_;
};

}  // namespace loquat::gateway
