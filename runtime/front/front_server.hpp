#pragma once
#include <memory>
#include <string>

#include "net/http/server.hpp"
#include "runtime/context.hpp"

namespace loquat::runtime {

// Who answers the requests of a port that a service has for itself, such as the registry's.
class Front {
  public:
    virtual ~Front() = default;
    // One request, on the server's loop.  A Failure becomes a problem document.  What goes on while
    // it is read is `Response::stream` (`make_event_stream`).
    virtual Task<net::http::Response> answer(net::http::Exchange& exchange) = 0;
    // Paths below /actuator that are the front's and not the process's.
    virtual bool has_own(std::string_view) const { return false; }
};

// An HTTP server on a port of its own around a service's front.  Health, metrics and information
// of the process are answered before the front is asked.
class FrontServer final : public net::http::Handler {
  public:
    // `front` outlives it.
    FrontServer(const Context& context, Front& front, net::http::ServerConfig limits = {});

    // False, after one warning, when the port is taken and this process goes on without
    // (`PlatformOptions::taken_port`).  Throws `net.listen_failed` otherwise.
    bool listen(const std::string& address, std::uint16_t port);
    // http://HOST:PORT, or https with certificates; empty while it does not listen.
    const std::string& address() const { return address_; }
    // Refuses what is new, lets requests end; at the deadline cuts what still runs.
    Task<void> drain(Steady deadline);
    net::http::ServerCounts counts() const { return server_.counts(); }

    Task<void> handle(net::http::Exchange& exchange) override;

  private:
    const Context& context_;
    Front& front_;
    net::http::Server server_;
    std::string address_;
};

// An answer of server-sent events, each piece of `events` sent as it comes.
net::http::Response make_event_stream(std::unique_ptr<net::http::BodySource> events);

}  // namespace loquat::runtime
