#pragma once
#include "services/registry/domain/instance.hpp"

namespace loquat::registry {

// What stands for a map without anything in it.
inline constexpr std::string_view empty_map_class = "java.util.Collections$EmptyMap";

inline bool is_known_sid(std::string_view sid) {
    return !sid.empty() && sid != "na" && sid != "unknown";
}

// The members that Eureka writes alike in JSON and in XML, in their order.
template <class Writer>
void write_links(Writer& writer, const Instance& instance, bool is_full) {
    if (is_full) {
        writer.text_if("appGroupName", instance.app_group);
        writer.text_if("homePageUrl", instance.home_page_url);
        writer.text_if("statusPageUrl", instance.status_page_url);
        writer.text_if("healthCheckUrl", instance.health_check_url);
        writer.text_if("secureHealthCheckUrl", instance.secure_health_check_url);
    }
    writer.text_if("vipAddress", instance.vip_address);
    writer.text_if("secureVipAddress", instance.secure_vip_address);
}

}  // namespace loquat::registry
