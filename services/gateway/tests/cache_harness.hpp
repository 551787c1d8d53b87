#pragma once
#include "services/gateway/tests/harness.hpp"

namespace loquat::gateway {

// A server whose next answer the test says; it counts what it was asked.
class CacheTest : public GatewayHarness, public testing::Test {
  protected:
    CacheTest() { config.limits.enabled = false; }

    RouteConfig& add_cached_route() {
        server_ = &add_upstream([this](net::http::Exchange& exchange) -> Task<void> {
            net::http::Response response{.status = status, .headers = fields, .body = body};
            const std::string_view known = exchange.head().headers.get("If-None-Match");
            if (!known.empty() && known == fields.get("ETag")) {
                response.status = 304;
                response.body.clear();
            }
            co_await exchange.respond(std::move(response));
        });
        RouteConfig& route = add_route("r", "/up/**", {server_->url()});
        route.cache.enabled = true;
        return route;
    }
    std::size_t asked() const { return server_->heads().size(); }
    static std::string status_of(const net::http::ClientResponse& answer) {
        return std::string{answer.headers.get("Cache-Status")};
    }

    int status = 200;
    net::http::Headers fields{{"Cache-Control", "max-age=60"}, {"Content-Type", "text/plain"}};
    std::string body = "one";
    FakeUpstream* server_ = nullptr;
};

}  // namespace loquat::gateway
