#include "services/gateway/edge/access_log.hpp"

#include "base/log.hpp"
#include "services/gateway/routes/route.hpp"

namespace loquat::gateway {

void log_access(const Request& request, std::chrono::nanoseconds took) {
    const std::string user = request.identity ? request.identity->user.to_string() : std::string{};
    const std::string address = request.client.address.to_string();
    const LogContext context{.service = "gateway",
                             .request_id = request.id(),
                             .trace_id = request.trace.trace_id(),
                             .user_id = user};
    log_info(context, "request",
             {{"method", request.head.method},
              {"path", request.head.path},
              {"route",
               request.route != nullptr ? std::string_view{request.route->id} : std::string_view{}},
              {"status", request.exchange.status()},
              {"ms", std::chrono::duration<double, std::milli>(took).count()},
              {"bytes", request.exchange.body_bytes_sent()},
              {"address", address}});
}

}  // namespace loquat::gateway
