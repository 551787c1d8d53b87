#include "services/realtime/domain/origin.hpp"

#include "base/text.hpp"

namespace loquat::realtime {
namespace {

std::string_view without_port(std::string_view host, std::string_view port) {
    if (host.ends_with(port)) {
        host.remove_suffix(port.size());
    }
    return host;
}

}  // namespace

bool is_allowed_origin(std::string_view origin, std::string_view host,
                       std::span<const std::string> allowed) {
    if (origin.empty()) {
        return true;
    }
    for (const std::string& one : allowed) {
        if (equal_ignoring_case(one, origin)) {
            return true;
        }
    }
    for (const auto& [scheme, port] :
         {std::pair{"https://", ":443"}, std::pair{"http://", ":80"}}) {
        if (origin.starts_with(scheme)) {
            const std::string_view own = origin.substr(std::string_view{scheme}.size());
            return !own.empty() &&
                   equal_ignoring_case(without_port(own, port), without_port(host, port));
        }
    }
    return false;
}

}  // namespace loquat::realtime
