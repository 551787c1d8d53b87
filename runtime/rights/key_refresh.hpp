#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "aio/loop.hpp"
#include "aio/scope.hpp"
#include "aio/signal.hpp"

namespace loquat::runtime {

// Asks for the issuer's keys when a token names one that is not known.  Whoever waits shares the
// asking; strangers with names of their own making can neither multiply it (one at a time, and
// `pause` between two) nor keep others from it: everyone waits until an asking that began after
// they came has ended, and is not refused because of another's.  One loop.
class KeyRefresh {
  public:
    static constexpr std::chrono::milliseconds pause{100};
    static constexpr std::chrono::seconds absent_for{5};
    static constexpr std::size_t absent_max = 256;

    // `load` replaces the keys; what it throws is logged.
    KeyRefresh(aio::Loop& loop, std::function<Task<void>()> load);

    // Returns once `is_known` says true, or an asking that began later than this call has ended.
    // `name` is what the token says of its key: it is remembered for a while that it was absent,
    // and not asked for again.
    Task<void> run(std::string name, std::function<bool()> is_known);
    Task<void> close();

  private:
    struct Absent {
        std::string name;
        Steady until;
    };

    bool is_absent(std::string_view name) const;
    void note_absent(std::string name);
    Task<void> ask();

    aio::Loop& loop_;
    std::function<Task<void>()> load_;
    std::vector<std::shared_ptr<aio::Signal>> waiting_;
    std::deque<Absent> absent_;
    std::uint64_t begun_ = 0;  // askings
    std::uint64_t ended_ = 0;
    bool is_asking_ = false;
    Steady next_at_{};
    aio::Scope scope_;
};

}  // namespace loquat::runtime
