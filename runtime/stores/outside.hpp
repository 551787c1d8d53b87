#pragma once
#include "store/log/served/log_server.hpp"

namespace loquat::runtime {

// What programs of others read of our log: usage and audit as JSON, under the names usage_event and
// audit_event.
store::OutsideTopics topics_outside();

}  // namespace loquat::runtime
