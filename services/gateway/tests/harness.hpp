#pragma once
#include <gtest/gtest.h>

#include <deque>

#include "aio/run.hpp"
#include "aio/scope.hpp"
#include "net/http/client.hpp"
#include "services/gateway/gateway.hpp"
#include "services/gateway/limits/local_limits.hpp"
#include "store/log/memory_log.hpp"

namespace loquat::gateway {

// Knows `user-N`, `admin-N` and nothing else.
class FakeTokens final : public TokenCheck {
  public:
    runtime::Tokens::Result verify_now(std::string_view token) override;
    Task<runtime::Tokens::Result> verify(std::string token) override;
    Counts counts() const override { return {}; }

    Time expires_at = Time::max();
};

// A server behind the gateway whose answers the test gives.
class FakeUpstream final : net::http::Handler {
  public:
    using Answer = std::function<Task<void>(net::http::Exchange&)>;

    FakeUpstream(aio::Loop& loop, Answer answer);
    std::string url() const { return "http://" + at_.to_string(); }
    // Heads that came, as text: request line and fields.
    const std::vector<std::string>& heads() const { return heads_; }
    std::size_t connections() const { return server_.counts().connections; }
    Task<void> stop() { co_await server_.drain(std::chrono::steady_clock::now()); }

  private:
    Task<void> handle(net::http::Exchange& exchange) override;

    Answer answer_;
    net::http::Server server_;
    net::Endpoint at_;
    std::vector<std::string> heads_;
};

// Services at addresses that a test gives.
class NamedInstances final : public runtime::Instances {
  public:
    ListPtr list(std::string_view service) const override;
    std::vector<std::string> names() const override;
    std::uint64_t version() const override { return version_; }
    void add_listener(const std::shared_ptr<runtime::InstanceListener>& listener) const override {
        listeners_.add(listener);
    }
    void set(std::string service, List instances);

  private:
    mutable runtime::InstanceListeners listeners_;
    std::map<std::string, ListPtr, std::less<>> lists_;
    std::uint64_t version_ = 1;
};

// Reads from `stream` until `text` holds `wanted` or nothing more comes.
Task<void> read_until(net::Stream& stream, std::string& text, std::string_view wanted);

// Answers with that text.
FakeUpstream::Answer text_answer(std::string text);

// A gateway over a dispatcher with a few operations, reached by real connections.
class GatewayHarness {
  public:
    GatewayHarness();
    ~GatewayHarness();

    void start();
    void stop(std::chrono::milliseconds within = std::chrono::milliseconds{0});
    net::http::ClientResponse send(net::http::ClientRequest request);
    net::http::ClientResponse get(std::string target, net::http::Headers headers = {});
    net::http::ClientResponse post(std::string target, std::string body,
                                   net::http::Headers headers = {});
    // Whatever comes back for these bytes until the gateway closes.
    std::string send_raw(std::string bytes);
    Task<net::Stream> connect();
    net::http::Origin origin() const { return {.host = "127.0.0.1", .port = at.port}; }
    // Where `service` is from now on, for routes to lb:// and to services.
    void set_instances(const std::string& service, const std::vector<std::string>& urls,
                       const std::vector<std::string>& contracts = {
                           std::string{runtime::any_contract}});
    FakeUpstream& add_upstream(FakeUpstream::Answer answer);
    RouteConfig& add_route(std::string id, std::string path, std::vector<std::string> upstreams);

    aio::Loop loop{"test"};
    FakeClock clock;
    runtime::Metrics metrics;
    runtime::Dispatcher dispatcher{metrics};
    FakeTokens tokens;
    runtime::StandingRights rights{clock};
    runtime::Neighbours neighbours{std::make_unique<NamedInstances>()};
    std::unique_ptr<store::EventLog> log = store::make_memory_log();
    std::unique_ptr<runtime::AuditTrail> audit;  // made by start
    GatewayConfig config;
    LocalLimits limits;
    std::deque<runtime::WebAsset> assets;
    std::vector<runtime::WebAsset> asset_list;
    std::vector<std::string> origins;  // of other web pages that may call
    std::unique_ptr<Gateway> gateway;
    std::unique_ptr<net::http::Client> client;
    std::deque<FakeUpstream> upstreams;
    std::string files_url;                    // of the service `files`, which runs elsewhere
    bool is_told_by_registry = false;         // any service may be elsewhere
    std::vector<contracts::Operation> known;  // of services that do not run here
    net::Endpoint at;
    contracts::Caller last_caller;
    contracts::RawCall last_call;
    aio::PipeWriter<contracts::EventText> feed;  // of the last reader of /api/follow
    aio::Signal feed_opened;
    aio::Signal feed_reader_went;
    bool is_feed_reader_gone = false;
    std::string big_body = std::string(5000, 'x');
};

}  // namespace loquat::gateway
