#pragma once
#include <chrono>
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "base/clock.hpp"
#include "net/jose/siphash.hpp"

namespace loquat::auth {

struct BackOffRules {
    bool is_enabled = true;
    // Failures without a delay; after them 1 s, doubling.
    std::uint32_t free_per_pair = 5;      // one login name from one address
    std::uint32_t free_per_login = 20;    // one login name from anywhere
    std::uint32_t free_per_address = 50;  // any login name from one address
    std::chrono::seconds delay_max{15 * 60};
    // Small, and not for addresses from which the owner signed in: strangers must not lock anybody
    // out.
    std::chrono::seconds login_delay_max{30};
    std::chrono::seconds forget_after{15 * 60};
    std::uint32_t at_once_max = 64;  // of one pair, while none has failed too often
    std::size_t entries_max = 65'536;
};

// Slows the guessing of passwords down.  Names that exist and names that do not are treated alike.
// A success resets the pair and the name; an address only forgets with time, or one own account
// would reset it. One thread; in this process's memory.
class BackOff {
  public:
    // Between admission and outcome.  Dropped without an outcome it counts as never made.
    class Attempt {
      public:
        Attempt(Attempt&& other) noexcept;
        Attempt& operator=(Attempt&&) = delete;
        ~Attempt();

        void succeed();
        void fail();

      private:
        friend class BackOff;
        Attempt(BackOff& owner, std::uint64_t pair, std::uint64_t login, std::uint64_t address)
            : owner_(&owner), pair_(pair), login_(login), address_(address) {}
        void release();

        BackOff* owner_;  // null: done
        std::uint64_t pair_;
        std::uint64_t login_;
        std::uint64_t address_;
    };

    // `clock` must outlive this, and this all its attempts.
    BackOff(BackOffRules rules, const Clock& clock);

    // `login` folded; throws 429 `rate.limited` with Retry-After.  `among`: how many count like
    // this, each what it sees; then a share of the failures is free, and delays are longer by as
    // much.
    Attempt admit(std::string_view login, std::string_view address, std::uint32_t among = 1);
    // Without asking whether it may: who counts for all has admitted it.
    Attempt begin(std::string_view login, std::string_view address);

    // An administrator gave `login` a new password: whoever has it need not wait.
    void forget(std::string_view login);

    std::size_t size() const { return counters_.size(); }

  private:
    struct Counter {
        std::uint32_t failures = 0;
        std::uint32_t in_flight = 0;
        std::uint64_t login = 0;  // of a pair: the key of its name
        bool is_known = false;    // a pair that once succeeded
        Steady failed_at{};
        Steady last{};
    };
    // How many failures of one kind cost nothing, and what those after them cost at most.
    struct Price {
        std::uint32_t free = 0;
        std::chrono::seconds delay_max{};
    };

    std::uint64_t key_of(char kind, std::string_view login, std::string_view address) const;
    Attempt attempt_of(std::string_view login, std::string_view address);
    Steady end_of_delay(std::uint64_t key, const Price& price, std::uint32_t among);
    void count_failure(std::uint64_t key);
    Counter& touch(std::uint64_t key);
    void make_room();

    BackOffRules rules_;
    const Clock& clock_;
    net::jose::SipKey secret_;
    std::unordered_map<std::uint64_t, Counter> counters_;
};

// Throws what `admit` throws.
[[noreturn]] void refuse_guess(std::chrono::nanoseconds wait);

// The part of an address that one customer usually holds: an IPv4 address, the /64 of an IPv6
// address.
std::string to_network(std::string_view address);

}  // namespace loquat::auth
