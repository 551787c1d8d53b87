#include <sys/utsname.h>
#include <unistd.h>

#include <thread>

#include "runtime/actuator/actuator.hpp"
#include "runtime/version.hpp"

namespace loquat::runtime {
namespace {

wire::Value os_value() {
    struct utsname os{};
    ::uname(&os);
    return wire::Object{{"name", os.sysname}, {"version", os.release}, {"arch", os.machine}};
}

wire::Value process_value() {
    return wire::Object{{"pid", std::int64_t{::getpid()}},
                        {"parentPid", std::int64_t{::getppid()}},
                        {"cpus", std::int64_t{std::thread::hardware_concurrency()}}};
}

wire::Value info(const std::vector<std::string>& services, ActuatorAccess access) {
    wire::Object value{{"build", wire::Object{{"artifact", "loquat"},
                                              {"group", "loquat"},
                                              {"name", "loquat"},
                                              {"version", version}}}};
    if (access == ActuatorAccess::operator_) {
        value.emplace_back("services", wire::Array(services.begin(), services.end()));
        value.emplace_back("os", os_value());
        value.emplace_back("process", process_value());
    }
    return value;
}

}  // namespace

void Actuator::add_info() {
    add({.id = "info",
         .methods = {"GET"},
         .least = ActuatorAccess::anyone,
         .run = [this](ActuatorCall call) -> Task<net::http::Response> {
             co_return actuator_response(200, info(parts_.services, call.request.access));
         }});
}

}  // namespace loquat::runtime
