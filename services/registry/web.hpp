#pragma once
#include <string>

#include "net/http/gzip.hpp"
#include "runtime/front/front_server.hpp"
#include "services/registry/registry.hpp"

namespace loquat::registry {

// The registry's port: Eureka's paths, the watch and its list, the page.
class Web final : public runtime::Front {
  public:
    Web(const runtime::Context& context, Registry& registry, const Config& config);

    Task<net::http::Response> answer(net::http::Exchange& exchange) override;

  private:
    struct Request;
    bool is_allowed(const net::http::RequestHead& head, bool is_ours) const;
    Task<net::http::Response> answer_eureka(net::http::Exchange& exchange, Request request);
    Task<std::string> read_body(net::http::Exchange& exchange, std::size_t bytes_max) const;
    net::http::Response to_response(EurekaReply reply, const net::http::RequestHead& head);
    net::http::Response list(const Request& request) const;
    net::http::Response watch(const Request& request);
    Held read_holder(std::string_view text, bool is_trusted) const;
    net::http::Response page(const Request& request) const;

    const runtime::Context& context_;
    Registry& registry_;
    std::vector<std::string> own_names_;
    std::string credentials_;  // of Authorization; empty: nobody must say any
    net::http::GzipEncoder gzip_{1};
};

}  // namespace loquat::registry
