#pragma once
#include <string>
#include <string_view>

#include "services/registry/eureka/json.hpp"

namespace loquat::registry {

// Eureka's XML, written (as XStream does for com.netflix.discovery): what a client gets that does
// not ask for JSON.  Characters that XML 1.0 cannot hold are left out.

std::string instance_xml(const Instance& instance, Detail detail);
std::string application_xml(const AppView& app, Detail detail);
std::string applications_xml(const AppsView& apps, Detail detail);

// The name that a key of metadata has as an element: what may not stand in one is written as
// XStream escapes it (`_` is `__`, others `_.hhhh`).
std::string element_name(std::string_view key);

}  // namespace loquat::registry
