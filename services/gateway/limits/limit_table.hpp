#pragma once
#include <array>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <span>

#include "base/clock.hpp"
#include "net/jose/siphash.hpp"
#include "services/gateway/limits/limit_store.hpp"

namespace loquat::gateway {

// In this process.  One table for all edge loops of the process, so that a limit is
// the same whichever loop a connection landed on; 64 locks, each held for some ten nanoseconds.
//
// Bounded: each key has eight places.  A place whose caller has a whole burst again is free,
// because that is what an unknown caller has; when all are taken, the one nearest to that is given
// away.
class LimitTable final : public LimitStore {
  public:
    // `keys_max` is rounded up to a power of two.
    explicit LimitTable(std::size_t keys_max);

    std::optional<Verdict> take(const LimitKey& key, const Rate& rate, Steady now) override {
        return decide(key, rate, now);
    }
    Task<Verdict> ask(LimitCount count) override {
        co_return decide(count.key(), count.rate, count.now);
    }
    // As `take`, which here always knows.
    Verdict decide(const LimitKey& key, const Rate& rate, Steady now);
    // Keys that are not free; for metrics and tests.
    std::size_t count_used(Steady now) const;

  private:
    static constexpr std::size_t ways = 8;
    static constexpr std::size_t stripes = 64;
    struct Place {
        net::jose::SipHash key{};
        std::int64_t full_at = 0;
    };
    struct alignas(64) Stripe {
        mutable std::mutex mutex;
    };

    // By a secret of the table, so that nobody can choose addresses that share a place with a
    // victim's.
    net::jose::SipHash hash_of(const LimitKey& key) const;
    std::span<Place> places_of(const net::jose::SipHash& key);

    net::jose::SipKey secret_{};
    std::size_t sets_;
    // Zeros that the kernel gives: what no caller needed yet takes no memory.
    struct Free {
        void operator()(Place* places) const { std::free(places); }
    };

    std::unique_ptr<Place[], Free> places_;
    std::array<Stripe, stripes> stripes_;
};

}  // namespace loquat::gateway
