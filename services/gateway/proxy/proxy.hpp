#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "net/http/client.hpp"
#include "services/gateway/config.hpp"
#include "services/gateway/edge/identity_tokens.hpp"
#include "services/gateway/edge/measures.hpp"
#include "services/gateway/edge/responder.hpp"
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
    };

    Proxy(aio::Loop& loop, Settings settings, Responder& responder, Measures& measures);

    // Answers `request`, whose route goes to an upstream.  After an upgrade the exchange is over.
    Task<void> run(Request& request);

    Tunnels& tunnels() { return tunnels_; }
    net::http::ClientCounts counts() const { return client_.counts(); }
    // What speaks to that origin, with TLS or without.
    net::http::Client& client_for(const net::http::Origin& origin);
    // What proves to a service of ours that the gateway calls.
    const std::string& key_for(const Upstream& upstream);

  private:
    // One request on its way, over all its attempts.
    struct Journey {
        runtime::ServiceCall call;
        Steady deadline;
        runtime::Balancer::TargetPtr at;  // of this attempt
        bool has_connected = false;       // in this attempt
        bool is_streamed = false;         // the body is passed on while it comes, and only once
    };

    Task<void> pass_on(Request& request);
    Task<void> pass_on_or_fall_back(Request& request);
    Task<void> prepare_body(Request& request, Journey& journey);
    Task<void> try_elsewhere(Request& request, Journey& journey, std::exception_ptr error);
    static bool may_repeat(const Request& request, const Journey& journey);
    Task<void> exchange(Request& request, Journey& journey);
    void note_answer(const Request& request, Journey& journey, int status);
    Task<void> redirect(Request& request);
    Task<void> pass_to_other(Request& request, const Failure& failure);
    Task<void> answer_instead(Request& request, const Failure& failure);
    Task<void> upload(Request& request, net::http::ClientCall& call);

    // proxy_head.cpp
    void write_head(const Request& request, const Journey& journey, net::http::ClientCall& call);
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
    Task<void> open_tunnel(Request& request, net::http::ClientCall& call);

    Settings settings_;
    Responder& responder_;
    Measures& measures_;
    aio::Loop& loop_;
    net::http::Client client_;
    std::unique_ptr<net::http::Client> tls_client_;  // made when the first https upstream is called
    Tunnels tunnels_;
    std::map<std::string, std::string> call_keys_;  // by service; they are few
    std::string target_;                            // scratch, like the two below
    std::string line_;
    net::Address last_address_{};  // clients come in runs: the text is made once
    std::string last_address_text_;
};

}  // namespace loquat::gateway
