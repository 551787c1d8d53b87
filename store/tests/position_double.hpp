#pragma once
#include <optional>
#include <string>
#include <utility>

#include "store/position/position.hpp"

namespace loquat::store {

// A store of that port for tests whose own calls do what a test says.  Positions pass on.
template <class Port>
class PositionDouble : public Port {
  public:
    Task<Position> position(std::string consumer, Partition partition) override {
        return inner_.position(std::move(consumer), std::move(partition));
    }
    Task<Position> adopt(Position from, Uuid log, Offset applied) override {
        return inner_.adopt(std::move(from), log, applied);
    }
    Task<std::uint32_t> claim_partitions(std::string topic, std::uint32_t partitions) override {
        return inner_.claim_partitions(std::move(topic), partitions);
    }
    Task<std::optional<Position>> secure(std::string consumer, Partition partition) override {
        return inner_.secure(std::move(consumer), std::move(partition));
    }

  protected:
    explicit PositionDouble(PositionStore& inner) : inner_(inner) {}

  private:
    PositionStore& inner_;
};

}  // namespace loquat::store
