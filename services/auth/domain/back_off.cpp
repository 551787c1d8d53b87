#include "services/auth/domain/back_off.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/failure.hpp"
#include "base/ids.hpp"

namespace loquat::auth {
namespace {

using std::chrono::seconds;

std::uint32_t share_of(std::uint32_t whole, std::uint32_t among) {
    return std::max<std::uint32_t>(1, whole / among);
}

seconds delay_after(std::uint32_t failures, std::uint32_t free, seconds max) {
    if (failures < free) {
        return seconds{0};
    }
    const std::uint32_t doublings = std::min<std::uint32_t>(failures - free, 30);
    return std::min(max, seconds{std::int64_t{1} << doublings});
}

}  // namespace

void refuse_guess(std::chrono::nanoseconds wait) {
    const auto whole = std::max(std::chrono::ceil<seconds>(wait), seconds{1});
    throw Failure{Kind::limited, "rate.limited", "Too many attempts. Wait a moment."}.retry_in(
        whole);
}

std::string to_network(std::string_view address) {
    const std::string text{address};
    std::array<unsigned char, 16> bytes{};
    if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) {
        return text;
    }
    return std::string{reinterpret_cast<const char*>(bytes.data()), 8};
}

BackOff::BackOff(BackOffRules rules, const Clock& clock) : rules_(rules), clock_(clock) {
    random_bytes(reinterpret_cast<std::uint8_t*>(secret_.data()), sizeof(secret_));
}

BackOff::Attempt BackOff::admit(std::string_view login, std::string_view address,
                                std::uint32_t among) {
    if (!rules_.is_enabled) {
        return begin(login, address);
    }
    make_room();
    Attempt attempt = attempt_of(login, address);
    attempt.owner_ = nullptr;  // until it is admitted
    const Steady now = clock_.steady();
    Steady until = std::max(
        end_of_delay(attempt.pair_, {rules_.free_per_pair, rules_.delay_max}, among),
        end_of_delay(attempt.address_, {rules_.free_per_address, rules_.delay_max}, among));
    const Counter& pair = counters_[attempt.pair_];
    const bool is_known = pair.is_known;
    if (!is_known) {
        until = std::max(
            until,
            end_of_delay(attempt.login_, {rules_.free_per_login, rules_.login_delay_max}, among));
    }
    const bool is_free = pair.failures < share_of(rules_.free_per_pair, among);
    const std::uint32_t at_once = is_free ? share_of(rules_.at_once_max, among) : 1;
    if (now < until || pair.in_flight >= at_once) {
        refuse_guess(until - now);
    }
    return begin(login, address);
}

BackOff::Attempt BackOff::begin(std::string_view login, std::string_view address) {
    Attempt attempt = attempt_of(login, address);
    if (!rules_.is_enabled) {
        attempt.owner_ = nullptr;
        return attempt;
    }
    make_room();
    Counter& pair = touch(attempt.pair_);
    ++pair.in_flight;
    pair.login = attempt.login_;
    return attempt;
}

BackOff::Attempt BackOff::attempt_of(std::string_view login, std::string_view address) {
    const std::string network = to_network(address);
    return {*this, key_of('p', login, network), key_of('l', login, {}), key_of('a', {}, network)};
}

Steady BackOff::end_of_delay(std::uint64_t key, const Price& price, std::uint32_t among) {
    const Counter& counter = touch(key);
    return counter.failed_at +
           among * delay_after(counter.failures, share_of(price.free, among), price.delay_max);
}

void BackOff::forget(std::string_view login) {
    const std::uint64_t name = key_of('l', login, {});
    std::erase_if(counters_, [name](const auto& entry) {
        const bool is_meant = entry.first == name || entry.second.login == name;
        return is_meant && entry.second.in_flight == 0;
    });
}

void BackOff::count_failure(std::uint64_t key) {
    Counter& counter = touch(key);
    counter.failed_at = clock_.steady();
    ++counter.failures;
}

BackOff::Counter& BackOff::touch(std::uint64_t key) {
    const Steady now = clock_.steady();
    Counter& counter = counters_[key];
    if (now - counter.last > rules_.forget_after && counter.in_flight == 0) {
        counter.failures = 0;
    }
    counter.last = now;
    return counter;
}

std::uint64_t BackOff::key_of(char kind, std::string_view login, std::string_view address) const {
    const std::string text = std::string{kind}.append(login).append(1, '\n').append(address);
    return net::jose::sip_hash(secret_, text)[0];
}

// Old ones first; when an attack made them all in a quarter of an hour, any tenth.
void BackOff::make_room() {
    constexpr std::size_t per_attempt = 3;
    if (counters_.size() + per_attempt <= rules_.entries_max) {
        return;
    }
    const Steady now = clock_.steady();
    std::erase_if(counters_, [&](const auto& entry) {
        return entry.second.in_flight == 0 && now - entry.second.last > rules_.forget_after;
    });
    const std::size_t goal = rules_.entries_max * 9 / 10;
    for (auto at = counters_.begin(); at != counters_.end() && counters_.size() > goal;) {
        at = at->second.in_flight == 0 ? counters_.erase(at) : std::next(at);
    }
}

BackOff::Attempt::Attempt(Attempt&& other) noexcept
    : owner_(std::exchange(other.owner_, nullptr)),
      pair_(other.pair_),
      login_(other.login_),
      address_(other.address_) {}

BackOff::Attempt::~Attempt() { release(); }

void BackOff::Attempt::release() {
    if (owner_ == nullptr) {
        return;
    }
    Counter& pair = owner_->counters_[pair_];
    pair.in_flight -= std::min<std::uint32_t>(pair.in_flight, 1);
    owner_ = nullptr;
}

void BackOff::Attempt::succeed() {
    if (owner_ == nullptr) {
        return;
    }
    Counter& pair = owner_->touch(pair_);
    pair.failures = 0;
    pair.is_known = true;
    owner_->touch(login_).failures = 0;
    release();
}

void BackOff::Attempt::fail() {
    if (owner_ == nullptr) {
        return;
    }
    for (const std::uint64_t key : {pair_, login_, address_}) {
        owner_->count_failure(key);
    }
    release();
}

}  // namespace loquat::auth
