#pragma once
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "aio/scope.hpp"
#include "net/http/client.hpp"
#include "services/gateway/config.hpp"
#include "services/gateway/edge/identity_tokens.hpp"
#include "services/gateway/edge/measures.hpp"
#include "services/gateway/edge/responder.hpp"
#include "services/gateway/proxy/fetch.hpp"
#include "services/gateway/proxy/side_call.hpp"
#include "services/gateway/proxy/tunnel.hpp"

namespace loquat::gateway {

// Passes requests on to upstreams and their answers back, piece by piece: nothing waits to be
// whole, an event stream or an upload of any size takes one buffer.  One loop.
//
// A request goes to another server of its upstream when the first could not be connected to, or
// when it broke, said that it cannot (502, 503, 504) or was silent for `attempt_ms_max`, and the
// request may be repeated: GET, HEAD, OPTIONS, PUT and DELETE (RFC 9110 section 9.2.2) whose body,
// if any, is still at hand.  Who is asked, how often, and who is left alone: runtime::ServiceCalls.
//
// Failures, where the route has no fallback: `upstream.unavailable` 503, `upstream.busy` 503,
// `upstream.circuit_open` 503, `upstream.timeout` 504, `upstream.bad_answer` 502,
// `request.too_large` 413, `gateway.too_many_tunnels` 503.
class Proxy {
  public:
    struct Settings {
        UpstreamConfig upstream;
        std::size_t tunnels_max = 0;
        std::string internal_key;
        runtime::StandingRights& rights;
        IdentityTokens& identities;
        AnswerCache& answers;
        const Clock& clock;
        const runtime::PlatformTls* tls = nullptr;  // of calls to own services; outlives the proxy
    };

    Proxy(aio::Loop& loop, Settings settings, Responder& responder, Measures& measures);

    // Answers `request`, whose route goes to an upstream.  After an upgrade the exchange is over.
    Task<void> run(Request& request);

    // Ends what no client waits for.
    Task<void> stop() { co_await side_calls_.close(); }

    // No server is there any more: connections to it that nobody uses are closed.
    void leave(const net::http::Origin& origin);

    Tunnels& tunnels() { return tunnels_; }
    net::http::ClientCounts counts() const { return client_.counts(); }
    // What speaks to that origin, with TLS or without.  To a service of the platform (else empty)
    // by its certificate, where TLS is mutual: throws `upstream.not_tls` for http then.
    net::http::Client& client_for(const net::http::Origin& origin, const std::string& service);
    // The service of the platform that the route's upstream is; empty: a server of somebody else.
    static const std::string& service_of(const LoopRoutes& routes, const Route& route);
    // What that service is shown; empty where certificates say who calls.
    const std::string& key_for(const std::string& service);

  private:
    // One request on its way, over all its attempts.
    struct Journey {
        runtime::ServiceCall call;
        Steady deadline;
        runtime::Balancer::TargetPtr at;  // of this attempt
        bool has_connected = false;       // in this attempt
        bool is_streamed = false;         // the body is passed on while it comes, and only once
    };

    // Once no server has answered.
    enum class AtLast { fail, fall_back };
    Task<void> pass_on(Request& request, AtLast at_last = AtLast::fail);
    // Whether the server failed before anything of an answer was sent to who still waits for it.
    static bool may_answer_instead(const Request& request, const Failure& failure);
    Task<void> run_plain(Request& request);
    Task<void> prepare_body(Request& request, Journey& journey);
    Task<void> recover(Request& request, Journey& journey, std::exception_ptr error,
                       AtLast at_last);
    Task<void> try_elsewhere(Request& request, Journey& journey, std::exception_ptr error);
    Task<void> pause(Request& request, Journey& journey, std::chrono::milliseconds time);
    static bool may_repeat(const Request& request, const Journey& journey);
    Task<void> exchange(Request& request, Journey& journey);
    // The same request, its head written, to another server of its upstream.
    std::unique_ptr<net::http::ClientCall> ask_other(Request& request, const Journey& journey,
                                                     const runtime::Endpoint& other);
    Task<void> take_answer(Request& request, Journey& journey, net::http::ClientCall& call,
                           bool has_others);
    void note_answer(const Request& request, Journey& journey, int status);
    Task<void> redirect(Request& request);
    Task<void> refuse_field(Request& request, std::string_view name);
    Task<void> pass_to_other(Request& request, const Failure& failure);
    Task<void> answer_instead(Request& request, const Failure& failure);
    Task<void> upload(Request& request, net::http::ClientCall& call);

    // proxy_kept.cpp
    Task<void> run_kept(Request& request);
    Task<void> run_and_forget(Request& request);
    Task<Fetch::Use> look(Fetch& fetch);
    Task<void> answer_after(Request& request, Fetch& fetch, const Failure& failure);
    Task<void> stand_in(Request& request, Fetch& fetch, StoredAnswerPtr kept);
    Task<bool> answer_fetched(Request& request, net::http::ClientCall& call);
    Task<void> send_kept(Request& request, StoredAnswerPtr kept);
    void start_confirming(Request& request, Fetch& fetch);
    static Task<void> confirm(SideCallPtr side, std::unique_ptr<Confirmation> what);
    net::http::HeadWriter prepare_side_call(const Request& request, SideCall& side);

    // mirror.cpp
    void mirror(const Request& request);
    Task<void> send_to_mirror(SideCallPtr side, std::string route);

    // proxy_head.cpp
    net::http::HeadWriter write_head(const Request& request, const runtime::Endpoint& to,
                                     Steady deadline, net::http::ClientCall& call);
    static void write_conditions(const Fetch& fetch, net::http::HeadWriter& out);
    std::string_view target_of(const Request& request);
    void write_fields(const Request& request, net::http::HeadWriter& out);
    void write_identity(const Request& request, net::http::HeadWriter& out);
    static void write_steps(const Request& request, net::http::HeadWriter& out);
    void write_forwarding(const Request& request, net::http::HeadWriter& out);
    void write_caller(const Request& request, Steady deadline, net::http::HeadWriter& out);
    std::string_view text_of(const net::Address& address);

    // proxy_response.cpp
    Task<void> answer(Request& request, net::http::ClientCall& call, std::string_view first);
    Task<void> answer_without_body(Request& request, const net::http::ResponseHead& head);
    Task<void> answer_piecewise(Request& request, net::http::ClientCall& call,
                                std::string_view first, std::string_view second);
    void write_answer_head(const Request& request, const net::http::ResponseHead& head);
    static void write_answer_steps(const Request& request, net::http::HeadWriter& out);
    Task<void> open_tunnel(Request& request, net::http::ClientCall& call);

    Settings settings_;
    Responder& responder_;
    Measures& measures_;
    aio::Loop& loop_;
    net::http::Client client_;
    std::unique_ptr<net::http::Client> tls_client_;  // made when the first https upstream is called
    std::map<std::string, std::unique_ptr<net::http::Client>> own_clients_;  // by service, mutual
    Tunnels tunnels_;
    std::size_t bytes_held_ = 0;          // of bodies that are being kept
    std::map<std::string, int> mirrors_;  // under way, by route
    std::mt19937_64 random_{std::random_device{}()};
    aio::Scope side_calls_;
    std::map<std::string, std::string> call_keys_;  // by service; they are few
    std::string target_;                            // scratch, like the two below
    std::string line_;
    net::Address last_address_{};  // clients come in runs: the text is made once
    std::string last_address_text_;
};

}  // namespace loquat::gateway
