#pragma once
#include <initializer_list>
#include <string>
#include <string_view>

#include "runtime/config/config.hpp"
#include "runtime/store_config.hpp"

namespace loquat::runtime {

// Of a service: alone with what it writes, or beside others of its kind.
enum class HowMany { one, several };
BOOST_DESCRIBE_ENUM(HowMany, one, several)

// What a start would refuse of several instances, as findings of `setting`: each of `needs` (`sql`,
// `log`, `broadcast`) that one process has for itself.
void check_several(const StoreConfig& store, const std::string& setting,
                   std::initializer_list<std::string_view> needs, ConfigFindings& findings);

}  // namespace loquat::runtime
