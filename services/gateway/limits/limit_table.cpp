#include "services/gateway/limits/limit_table.hpp"

#include <bit>
#include <new>
#include <type_traits>

#include "base/ids.hpp"

namespace loquat::gateway {

LimitTable::LimitTable(std::size_t keys_max)
    : sets_(std::bit_ceil(std::max<std::size_t>(keys_max, ways * stripes)) / ways),
      places_(static_cast<Place*>(std::calloc(sets_ * ways, sizeof(Place)))) {
    static_assert(std::is_aggregate_v<Place> && std::is_trivially_copyable_v<Place>);
    if (!places_) {
        throw std::bad_alloc{};
    }
    random_bytes(reinterpret_cast<std::uint8_t*>(secret_.data()), sizeof secret_);
}

std::span<LimitTable::Place> LimitTable::places_of(const net::jose::SipHash& key) {
    const std::size_t set = key[0] & (sets_ - 1);
    return {places_.get() + set * ways, ways};
}

Verdict LimitTable::decide(const LimitKey& of, const Rate& rate, Steady now) {
    if (!rate.is_limited()) {
        return {};
    }
    const net::jose::SipHash key = hash_of(of);
    const std::int64_t now_ns = std::chrono::nanoseconds{now.time_since_epoch()}.count();
    const std::lock_guard lock{stripes_[key[0] % stripes].mutex};
    Place* chosen = nullptr;
    for (Place& place : places_of(key)) {
        if (place.key == key) {
            chosen = &place;
            break;
        }
        if (chosen == nullptr || place.full_at < chosen->full_at) {
            chosen = &place;
        }
    }
    if (chosen->key != key) {
        *chosen = Place{.key = key, .full_at = 0};
    }
    return check_rate(rate, now_ns, chosen->full_at);
}

std::size_t LimitTable::count_used(Steady now) const {
    const std::int64_t now_ns = std::chrono::nanoseconds{now.time_since_epoch()}.count();
    std::size_t used = 0;
    for (std::size_t set = 0; set < sets_; ++set) {
        const std::lock_guard lock{stripes_[set % stripes].mutex};
        for (std::size_t way = 0; way < ways; ++way) {
            used += places_[set * ways + way].full_at > now_ns ? 1 : 0;
        }
    }
    return used;
}

net::jose::SipHash LimitTable::hash_of(const LimitKey& key) const {
    return net::jose::sip_hash({secret_[0] ^ key.what, secret_[1]}, key.who);
}

}  // namespace loquat::gateway
