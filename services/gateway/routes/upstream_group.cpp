#include "services/gateway/routes/upstream_group.hpp"

#include <algorithm>

namespace loquat::gateway {
namespace {

bool is_in(std::uint64_t set, std::size_t i) { return i < 64 && (set >> i & 1) == 1; }

}  // namespace

UpstreamGroup::UpstreamGroup(std::size_t addresses, const UpstreamConfig& config)
    : eject_after_(config.eject_after_failures), rest_(config.eject_ms), addresses_(addresses) {}

std::optional<std::size_t> UpstreamGroup::pick(Steady now, std::uint64_t tried) {
    std::optional<std::size_t> resting;
    for (std::size_t step = 0; step < addresses_.size(); ++step) {
        const std::size_t i = (next_ + step) % addresses_.size();
        if (is_in(tried, i)) {
            continue;
        }
        if (addresses_[i].rests_until <= now) {
            next_ = i + 1;
            return i;
        }
        resting = resting.value_or(i);
    }
    if (resting) {
        next_ = *resting + 1;
    }
    return resting;
}

void UpstreamGroup::on_success(std::size_t address) {
    Address& one = addresses_[address];
    one.failures = 0;
    one.ejections = 0;
    tokens_ = std::min(tokens_max, tokens_ + .1);
}

void UpstreamGroup::on_failure(std::size_t address, Steady now) {
    Address& one = addresses_[address];
    tokens_ = std::max(.0, tokens_ - 1);
    if (++one.failures >= eject_after_ && one.rests_until <= now) {
        one.ejections = std::min(one.ejections + 1, 10);
        one.rests_until = now + rest_ * one.ejections;
    }
}

std::size_t UpstreamGroup::count_resting(Steady now) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        addresses_, [now](const Address& one) { return one.rests_until > now; }));
}

}  // namespace loquat::gateway
