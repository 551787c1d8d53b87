#pragma once
#include <map>
#include <memory>
#include <string>

#include "aio/scope.hpp"
#include "aio/signal.hpp"
#include "runtime/context.hpp"
#include "services/config/config.hpp"
#include "services/config/follow/book.hpp"
#include "services/config/front/front.hpp"
#include "services/config/ports.hpp"

namespace loquat::config {

// Tells Loquat's processes what they are configured with, and changes of it.  On the service's
// loop.
class Following {
  public:
    struct Parts {
        const Config& config;
        SourcePort& source;
        const ConfigFront& front;
        const runtime::Context& context;
    };
    explicit Following(Parts parts);

    // The source may have changed; returns at once.
    void on_change();
    Task<void> stop();

    // GET /api/config/state and /follow.  Throws as the front does; `server.overloaded` for one too
    // many.
    Task<contracts::ConfigState> state(FollowerKey key);
    Task<net::http::Response> follow(FollowerKey key, std::string instance);
    // False when nobody waits for it.
    bool vote(const contracts::ConfigVote& vote);
    // `service`, `service:instance`; `**` stands for all.
    void refresh(std::string_view destination);

    std::vector<contracts::ConfigFollower> followers() const { return book_.followers(); }
    std::vector<contracts::ConfigChangeReport> changes() const { return book_.changes(); }

  private:
    using Snapshots = std::map<std::string, SnapshotPtr>;

    Task<void> judge();
    Task<void> judge_once();
    contracts::ConfigState compute(const FollowerKey& key, const Snapshots& snapshots) const;
    void note_size();

    Parts parts_;
    FollowersBook book_;
    aio::Scope scope_;
    aio::Signal settled_;
    bool is_running_ = false;
    bool has_news_ = false;
    runtime::Gauge& count_;
    runtime::Counter& applied_;
    runtime::Counter& refused_;
};

// Whether that one is meant by a destination of the bus.
bool is_meant(std::string_view destination, const contracts::ConfigFollower& follower);

}  // namespace loquat::config
