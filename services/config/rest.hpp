#pragma once
#include "runtime/context.hpp"
#include "runtime/front_server.hpp"
#include "services/config/config.hpp"
#include "services/config/front/front.hpp"
#include "services/config/ports.hpp"

namespace loquat::config {

// The service's port: who may ask, where the files of an answer come from.
class Rest final : public runtime::Front {
  public:
    // All outlive it.
    Rest(const Config& config, SourcePort& source, const ConfigFront& front,
         runtime::Metrics& metrics);

    Task<net::http::Response> answer(net::http::Exchange& exchange) override;

  private:
    bool may_ask(const net::http::RequestHead& head) const;
    Task<net::http::Response> answer_of_files(net::http::Exchange& exchange);

    const Config& config_;
    SourcePort& source_;
    const ConfigFront& front_;
    runtime::Counter& requests_;
};

}  // namespace loquat::config
