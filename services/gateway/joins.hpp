#pragma once
#include <memory>
#include <string>
#include <vector>

#include "aio/latch.hpp"
#include "services/gateway/edge/identity_tokens.hpp"
#include "services/gateway/edge/responder.hpp"
#include "services/gateway/proxy/proxy.hpp"

namespace loquat::gateway {

// Answers that are joined from those of several services: all are asked at once, each for its own
// time at most.  Each becomes a member of one JSON object; one that failed is null, and `absent`
// says which and why.  503 `gateway.nothing_to_join` when all did.  One loop.
class Joins {
  public:
    struct Parts {
        aio::Loop& loop;
        const GatewayConfig& config;
        Responder& responder;
        IdentityTokens& identities;
        Proxy& proxy;
    };

    explicit Joins(Parts parts) : parts_(std::move(parts)) {}

    Task<void> run(Request& request);

  private:
    // What one part became.
    struct Part {
        std::string name;
        std::string json;  // empty: absent
        std::string code;  // of its failure
    };
    struct Joined {
        std::vector<Part> parts;
        std::size_t left = 0;
        aio::Latch done;
    };
    // What asking one part takes; holds what must outlive the request.
    struct Question {
        std::shared_ptr<Joined> joined;
        std::size_t place = 0;
        std::shared_ptr<LoopRoutes> routes;
        const Route* route = nullptr;
        std::string path;
        std::string query;
        contracts::Caller caller;
        std::string identity;  // for servers that are not ours
    };

    Question make_question(const Request& request, const PartConfig& part);
    Task<void> ask(Question question);
    Task<net::http::ClientResponse> ask_route(const Question& question);
    Task<net::http::ClientResponse> ask_elsewhere(const Question& question);

    Parts parts_;
};

}  // namespace loquat::gateway
