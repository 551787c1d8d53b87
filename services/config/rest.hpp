#pragma once
#include "runtime/context.hpp"
#include "runtime/front/front_server.hpp"
#include "services/config/config.hpp"
#include "services/config/follow/following.hpp"
#include "services/config/follow/registered.hpp"
#include "services/config/front/front.hpp"
#include "services/config/ports.hpp"

namespace loquat::config {

// The service's port: who may ask, where the files of an answer come from.
class Rest final : public runtime::Front {
  public:
    // All outlive it.
    struct Parts {
        const Config& config;
        SourcePort& source;
        const ConfigFront& front;
        Following& following;
        RegisteredApplications& registered;
        const runtime::Context& context;
    };
    explicit Rest(Parts parts);

    Task<net::http::Response> answer(net::http::Exchange& exchange) override;
    bool has_own(std::string_view path) const override;

  private:
    bool may_ask(const net::http::RequestHead& head) const;
    Task<net::http::Response> answer_of_files(net::http::Exchange& exchange);
    Task<net::http::Response> answer_followers(net::http::Exchange& exchange,
                                               std::string_view what);
    // What a push changed, and who may be concerned.
    Task<net::http::Response> monitor(net::http::Exchange& exchange);
    Task<net::http::Response> bus_refresh(std::string destination);
    Task<void> look_for_news();

    Parts parts_;
    runtime::Counter& requests_;
};

}  // namespace loquat::config
