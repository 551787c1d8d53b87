#pragma once
#include <functional>
#include <memory>
#include <optional>

#include "aio/loop.hpp"
#include "aio/timer.hpp"
#include "base/failure.hpp"
#include "runtime/rights/standing_rights.hpp"
#include "services/gateway/edge/request.hpp"

namespace loquat::gateway {

// Whose session something depends on that stays open here: nobody's where nobody signed in.
struct Holder {
    runtime::StandingRights& rights;
    aio::Loop& loop;
    std::optional<runtime::StandingRights::Session> session;

    Holder(runtime::StandingRights& all, const Request& request)
        : rights(all), loop(request.exchange.loop()) {
        if (const auto& identity = request.identity) {
            session = {identity->user, identity->session, identity->issued_at,
                       identity->expires_at};
        }
    }
};

// What ends with the session alone, and what also ends with the token that opened it, because it
// would go on without end.
enum class Lasts { session, token };

// An answer, tunnel or waiting call that is open.  Nothing more may be written once it does not
// hold; `cut` is called on this loop then, to end what waits.
class Standing {
  public:
    Standing(const Holder& holder, Lasts lasts, std::function<void()> cut)
        : loop_(holder.loop),
          cut_(std::make_shared<std::function<void()>>(std::move(cut))),
          timer_([this] { on_timer(); }) {
        if (!holder.session) {
            return;
        }
        auto on_end = [&loop = holder.loop, cut_weakly = std::weak_ptr{cut_}] {
            loop.post([cut_weakly] {
                if (const auto call = cut_weakly.lock()) {
                    (*call)();
                }
            });
        };
        auto session = *holder.session;
        if (lasts == Lasts::session) {
            session.until.reset();
        }
        right_ = holder.rights.open(session, std::move(on_end));
        watch_time();
    }
    Standing(const Standing&) = delete;
    Standing& operator=(const Standing&) = delete;

    bool holds() const { return !right_ || right_->holds(); }
    // Throws `auth.token_revoked`.
    void require() const {
        if (!holds()) {
            throw session_over();
        }
    }
    static Failure session_over() {
        return {Kind::unauthenticated, "auth.token_revoked",
                "This session has ended. Sign in again."};
    }

  private:
    void watch_time() {
        if (const auto left = right_->left()) {
            timer_.start(loop_, *left);
        }
    }
    void on_timer() {
        if (right_->holds()) {
            watch_time();  // the wall clock was set back
        } else if (*cut_) {
            (*cut_)();
        }
    }

    aio::Loop& loop_;
    std::shared_ptr<std::function<void()>> cut_;
    aio::Timer timer_;
    runtime::StandingRightPtr right_;
};

}  // namespace loquat::gateway
