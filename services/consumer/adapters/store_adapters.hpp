#pragma once
#include "runtime/stores.hpp"

namespace loquat::consumer {

// Messages, usage and audit: by the consumer's own ports, and as others may read them.
std::vector<runtime::StoreAdapter> store_adapters();

}  // namespace loquat::consumer
