#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "aio/latch.hpp"
#include "aio/scope.hpp"
#include "net/http/client.hpp"
#include "runtime/context.hpp"
#include "runtime/discovery/instances.hpp"

namespace loquat::config {

// Applications of others that are registered and follow nothing: told by POST /actuator/refresh of
// each instance to read their settings again.  On the service's loop.
class RegisteredApplications {
  public:
    // `names`: those that are told (`config.refreshed_applications`).
    RegisteredApplications(const runtime::Context& context, std::vector<std::string> names);

    // All that `destination` means (see Following::refresh), some at a time; ends when each has
    // answered or was silent for too long, or after a minute.  What each said is in the log.
    Task<void> refresh(std::string destination);
    Task<void> stop();

  private:
    struct Meant {
        std::string application;
        runtime::ServiceInstance instance;
    };
    // All that one refresh tells.
    struct Round {
        std::vector<Meant> all;
        std::size_t next = 0;
        std::size_t told = 0;
        aio::Latch done = {};
    };
    std::vector<Meant> find(std::string_view destination) const;
    Task<void> tell_some(std::shared_ptr<Round> round);
    Task<void> tell(const Meant& meant);
    // Empty: it took it.
    Task<std::string> post(const runtime::ServiceInstance& instance);

    const runtime::Context& context_;
    std::vector<std::string> names_;
    net::http::Client client_;
    aio::Scope scope_;
};

// Whether an instance of an application is meant by a destination of the bus.
bool is_meant(std::string_view destination, std::string_view application, std::string_view id);

}  // namespace loquat::config
