#pragma once
#include <functional>
#include <list>
#include <memory>

#include "net/http/gzip.hpp"
#include "services/gateway/edge/responder.hpp"

namespace loquat::gateway {

// Requests for services of this process: read, handed to the dispatcher, answered as JSON.  One
// loop.
//
// Failures: `request.unsupported_media_type` 415 for a body that is called anything but JSON,
// `request.too_large` 413, and those of reading a body.
class LocalCalls {
  public:
    LocalCalls(Responder& responder, runtime::StandingRights& rights)
        : responder_(responder), rights_(rights) {}

    Task<void> run(Request& request);
    // Ends the event streams that run and refuses new ones; the next of their readers finds another
    // server.
    void end_feeds();

  private:
    using Work = std::move_only_function<Task<net::http::Response>()>;

    Task<net::http::Response> wait_for(Request& request, Work work);
    Task<void> follow(Request& request, net::http::Response& response);
    Task<std::string> read_body(Request& request);
    void compress(const Request& request, net::http::Response& response);

    Responder& responder_;
    runtime::StandingRights& rights_;
    std::unique_ptr<net::http::GzipEncoder> gzip_;  // made at first use
    std::list<net::http::BodySource*> feeds_;       // that are being sent
    bool are_feeds_over_ = false;
};

}  // namespace loquat::gateway
