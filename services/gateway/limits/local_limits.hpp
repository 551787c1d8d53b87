#pragma once
#include "services/gateway/limits/limit_table.hpp"

namespace loquat::gateway {

// Each process counts for itself.
class LocalLimits final : public LimitStores {
  public:
    std::unique_ptr<LimitStore> open(std::size_t keys_max) override {
        return std::make_unique<LimitTable>(keys_max);
    }
};

}  // namespace loquat::gateway
