#pragma once
#include <functional>
#include <memory>
#include <optional>

#include "aio/loop.hpp"
#include "base/failure.hpp"
#include "runtime/standing_rights.hpp"
#include "services/gateway/request.hpp"

namespace loquat::gateway {

// Whose session something depends on that stays open here: nobody's where nobody signed in.
struct Holder {
    runtime::StandingRights& rights;
    aio::Loop& loop;
    std::optional<runtime::StandingRights::Session> session;

    Holder(runtime::StandingRights& all, const Request& request)
        : rights(all), loop(request.exchange.loop()) {
        if (const auto& identity = request.identity) {
            session = {identity->user, identity->session, identity->issued_at};
        }
    }
};

// An answer, tunnel or waiting call that is open.  Nothing more may be written once it does not
// hold; `cut` is called on this loop then, to end what waits.
class Standing {
  public:
    Standing(const Holder& holder, std::function<void()> cut)
        : cut_(std::make_shared<std::function<void()>>(std::move(cut))) {
        if (holder.session) {
            auto on_end = [&loop = holder.loop, cut_weakly = std::weak_ptr{cut_}] {
                loop.post([cut_weakly] {
                    if (const auto call = cut_weakly.lock()) {
                        (*call)();
                    }
                });
            };
            right_ = holder.rights.open(*holder.session, std::move(on_end));
        }
    }

    bool holds() const { return !right_ || right_->holds(); }
    // Throws `auth.token_revoked`.
    void require() const {
        if (!holds()) {
            throw Failure{Kind::unauthenticated, "auth.token_revoked",
                          "This session has ended. Sign in again."};
        }
    }

  private:
    std::shared_ptr<std::function<void()>> cut_;
    runtime::StandingRightPtr right_;
};

}  // namespace loquat::gateway
