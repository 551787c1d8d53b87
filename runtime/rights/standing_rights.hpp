#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "contracts/auth/revocation.hpp"

namespace loquat::runtime {

// The right of something that stays open: a stream, a tunnel, a call that waits, a question under
// way.  Once it is lost it does not come back; whoever lost it may ask anew.  Destroying it gives
// its place back: its call does not run after that.
class StandingRight {
  public:
    virtual ~StandingRight() = default;
    // From any thread.
    virtual bool holds() const = 0;
    // How long it lasts at most, by the clock of now; none where time does not end it.
    virtual std::optional<std::chrono::milliseconds> left() const = 0;
};
using StandingRightPtr = std::unique_ptr<StandingRight>;

// All rights that stand in this process.  Open the right first, then ask whether it is given, then
// look whether it still holds: what is taken away while the question is under way is known then.
//
// Who takes a right away calls `end` before saying that it is done, so that nothing is given after
// that.  In a process without auth the revocations come by Tokens, which also reads them all again
// when some may have been lost.  Any thread.
class StandingRights {
  public:
    // Of a signed-in person, as long as the session and the token that opened it are good.
    struct Session {
        UserId user;
        SessionId session;
        Time issued_at;  // of the token
        // The end of the token, for what would go on without end.  Nobody is called then: who waits
        // keeps a timer.
        std::optional<Time> until = std::nullopt;
    };
    // Of a member, as long as they are one.
    struct Member {
        ChatId chat;
        UserId user;
    };
    // Runs once, on the thread that takes the right away and under a lock: it must neither block
    // nor touch any right.  Post to your loop.
    using OnEnd = std::move_only_function<void()>;

    // `clock` must outlive it.
    explicit StandingRights(const Clock& clock);
    ~StandingRights();
    StandingRights(const StandingRights&) = delete;
    StandingRights& operator=(const StandingRights&) = delete;

    // Does not hold from the start when the session was ended already; `on_end` does not run then.
    StandingRightPtr open(const Session& holder, OnEnd on_end = {});
    StandingRightPtr open(const Member& holder, OnEnd on_end = {});

    void end(const contracts::Revocation& revocation);
    void end(const Member& member);

    // Whether it has ended, of sessions whose tokens may still be good.
    bool is_over(const Session& holder) const;

    // For a place that serves so many that it keeps no right for each: told of all that ends, once,
    // as OnEnd is.  What it asks others for meanwhile may be stale when it comes.
    class Watcher {
      public:
        virtual ~Watcher() = default;
        virtual void on_ended(const contracts::Revocation& revocation) = 0;
        virtual void on_ended(const Member& member) = 0;
    };
    // `watcher` must outlive what is returned; destroying it ends the watching.
    class Watch;
    std::shared_ptr<Watch> watch(Watcher& watcher);

    std::size_t size() const;

  private:
    class Held;
    struct Link;
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace loquat::runtime
