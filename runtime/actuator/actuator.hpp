#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "aio/task.hpp"
#include "net/http/message.hpp"
#include "runtime/config/config.hpp"
#include "runtime/telemetry/health.hpp"
#include "runtime/telemetry/metrics.hpp"

namespace loquat::runtime {

// Who asks, as the server that was asked knows it.
enum class ActuatorAccess {
    anyone,    // gets what tells nothing: the status, the version, numbers
    operator_  // an administrator at the gateway, or who has the internal key
};

struct ActuatorRequest {
    std::string method;
    std::string path;   // whole and as it came: /actuator/metrics/process.uptime
    std::string query;  // without the question mark
    std::string body;
    std::string base;  // http://host:port, for links
    ActuatorAccess access = ActuatorAccess::anyone;
};

// What an endpoint is given: its request, and what of the path follows its name, decoded.
struct ActuatorCall {
    ActuatorRequest request;
    std::vector<std::string> rest;
};

// One name below /actuator.
struct ActuatorEndpoint {
    std::string id;                      // refresh
    std::vector<std::string> selectors;  // what may follow it, for links: {"requiredMetricName"}
    std::vector<std::string> methods;    // of all its paths: {"GET"}
    ActuatorAccess least = ActuatorAccess::operator_;
    // On the loop of the server that was asked, which may be any; an answer, or a Failure.
    std::function<Task<net::http::Response>(ActuatorCall)> run;
};

// The operators' endpoints of one process, in the shapes of Spring Boot's Actuator, whichever
// server of it is asked: the service port, the gateway, a front on a port of its own.  Filled while
// modules are made, then read by any thread.
class Actuator {
  public:
    static constexpr std::size_t body_bytes_max = 64 * 1024;
    static constexpr std::string_view media_type = "application/vnd.spring-boot.actuator.v3+json";

    // All outlive it.
    struct Parts {
        const Health& health;
        const Metrics& metrics;
        std::function<std::vector<ConfigLine>()> config;  // any thread
        std::vector<std::string> services;                // whose loggers there are
    };

    explicit Actuator(Parts parts);
    Actuator(const Actuator&) = delete;
    Actuator& operator=(const Actuator&) = delete;

    // Replaces the one of that id.
    void add(ActuatorEndpoint endpoint);

    // Whether a path belongs here: /actuator and what is below it, /livez, /readyz, the older
    // /internal/health and /internal/metrics.
    static bool serves(std::string_view path);
    // Never throws a Failure: it becomes the answer.  What is not for this caller is not there.
    Task<net::http::Response> answer(ActuatorRequest request) const;

  private:
    const ActuatorEndpoint& get_endpoint(const ActuatorRequest& request, std::string_view id) const;
    Task<net::http::Response> run(ActuatorRequest request) const;
    net::http::Response links(const ActuatorRequest& request) const;
    net::http::Response probe(std::string_view path) const;
    void add_health();
    void add_metrics();
    void add_loggers();
    void add_settings();
    void add_info();

    Parts parts_;
    std::vector<ActuatorEndpoint> endpoints_;
};

// An answer in the media type of the Actuator.
net::http::Response actuator_response(int status, const wire::Value& value);

}  // namespace loquat::runtime
