#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "aio/scope.hpp"
#include "contracts/config/follow.hpp"
#include "net/http/client.hpp"
#include "net/http/event_source.hpp"
#include "runtime/config/server.hpp"

namespace loquat::runtime {

class PlatformTls;

// Follows the config server: judges what it proposes, applies what it says is accepted by all.  On
// a loop of its own, whose thread the calls below may block.
class ConfigFollower {
  public:
    struct Judgement {
        std::vector<std::string> problems;  // none: it can be applied
        std::vector<std::string> waiting;   // settings that hold from the next start on
    };
    struct Parts {
        ConfigServer server;
        std::string instance;  // HOST:PID
        std::string key;       // for the config server alone; empty with certificates
        const PlatformTls& tls;
        // What the process runs, as read at its start; empty: nothing of the server.
        std::optional<contracts::ConfigState> current;
        std::function<Judgement(const contracts::ConfigState&)> judge;
        std::function<void(const contracts::ConfigState&)> apply;
        std::function<void()> refresh;  // the process's own sources too
    };

    ConfigFollower(aio::Loop& loop, Parts parts);

    void start();
    Task<void> stop();

  private:
    Task<void> run();
    Task<void> follow(ConfigServerAddress address);
    Task<void> take(const net::http::SseItem& item, const ConfigServerAddress& address);
    Task<void> take_hello(const contracts::ConfigHello& hello, const ConfigServerAddress& address);
    Task<void> vote(contracts::ConfigVote vote, const ConfigServerAddress& address);
    Judgement judge(const contracts::ConfigState& state) const;
    void apply(const contracts::ConfigState& state);
    void add_key(net::http::ClientRequest& request) const;
    void note_away(const std::string& problem);

    aio::Loop& loop_;
    Parts parts_;
    net::http::Client client_;
    aio::Scope scope_;
    std::string id_;
    std::optional<contracts::ConfigState> proposed_;
    bool is_away_ = false;
};

}  // namespace loquat::runtime
