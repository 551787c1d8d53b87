#include "services/gateway/limits/limiter.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace loquat::gateway {
namespace {

// What a key stands for; routes with a limit of their own use their hash.
enum What : std::uint64_t {
    by_address = 1,
    by_user,
    model_by_address,
    model_by_user,
    sign_in,
    upgrade,
    file,
    shop_by_address,
    shop_by_user,
    guest
};

// An IPv6 caller owns a whole /64: its low half says nothing.
net::Address limited_address(const net::Address& address) {
    net::Address kept = address;
    if (!address.is_v4()) {
        std::fill(kept.bytes.begin() + 8, kept.bytes.end(), std::uint8_t{0});
    }
    return kept;
}

const Limiter::Checked unlimited{.verdict = Verdict{}};

std::string_view bytes_of(const net::Address& address) {
    return {reinterpret_cast<const char*>(address.bytes.data()), address.bytes.size()};
}

}  // namespace

Limiter::Limiter(const LimitsConfig& config, LimitStore& store)
    : enabled_(config.enabled),
      address_rate_(Rate::of(config.address_per_minute)),
      user_rate_(Rate::of(config.user_per_minute)),
      model_rate_(Rate::of(config.model_per_minute)),
      sign_in_rate_(Rate::of(config.sign_in_per_minute)),
      upgrade_rate_(Rate::of(config.upgrade_per_minute)),
      file_rate_(Rate::of(config.file_per_minute)),
      shop_rate_(Rate::of(config.shop_per_minute)),
      guest_rate_(Rate::of(config.guest_per_minute)),
      store_(store) {}

Limiter::Checked Limiter::take(const LimitKey& key, const Rate& rate, Steady now) {
    Checked checked{.verdict = store_.take(key, rate, now)};
    if (!checked.verdict) {
        checked.count = {key.what, std::string{key.who}, rate, now};
    }
    return checked;
}

Limiter::Checked Limiter::take(std::uint64_t what, const Caller& caller, const Rate& rate,
                               Steady now) {
    if (caller.user) {
        return take({what, caller.user->view()}, rate, now);
    }
    const net::Address from = limited_address(caller.address);
    return take({what, bytes_of(from)}, rate, now);
}

Limiter::Checked Limiter::check(const RouteLimit& limit, const Caller& caller, Steady now) {
    if (!enabled_) {
        return unlimited;
    }
    const bool is_user = caller.user.has_value();
    switch (limit.kind) {
        case LimitKind::none:
            return unlimited;
        case LimitKind::standard:
        case LimitKind::sign_in:
            return take(is_user ? by_user : by_address, caller,
                        is_user ? user_rate_ : address_rate_, now);
        case LimitKind::model:
            return take(is_user ? model_by_user : model_by_address, caller, model_rate_, now);
        case LimitKind::guest:
            if (!is_user) {
                return take(guest, caller, guest_rate_, now);
            }
            [[fallthrough]];
        case LimitKind::shop:
            return take(is_user ? shop_by_user : shop_by_address, caller, shop_rate_, now);
        case LimitKind::upgrade:
            return take(upgrade, {.address = caller.address}, upgrade_rate_, now);
        case LimitKind::file:
            return take(file, {.address = caller.address}, file_rate_, now);
        case LimitKind::own:
            return take(limit.key, caller, limit.rate, now);
    }
    return unlimited;
}

Limiter::Checked Limiter::check_sign_in(const net::Address& address, std::string_view account,
                                        Steady now) {
    if (!enabled_) {
        return unlimited;
    }
    const net::Address from = limited_address(address);
    std::string who{bytes_of(from)};
    who += to_lower_ascii(trim(account));
    return take({sign_in, who}, sign_in_rate_, now);
}

Limiter::Checked Limiter::check_refused_token(const net::Address& address, Steady now) {
    return enabled_ ? take(by_address, {.address = address}, address_rate_, now) : unlimited;
}

}  // namespace loquat::gateway
