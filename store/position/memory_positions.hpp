#pragma once
#include <map>

#include "store/position/position.hpp"

namespace loquat::store {

// The positions of a store in memory.
class MemoryPositions {
  public:
    Position find(const std::string& consumer, const Partition& partition) const;
    Progress progress(const std::string& consumer, const std::string& topic) const;
    void move(const Position& from, Offset through, std::size_t records);
    Position adopt(const Position& from, Uuid log, Offset applied);
    std::uint32_t claim_partitions(const std::string& topic, std::uint32_t partitions) {
        return partitions_.try_emplace(topic, partitions).first->second;
    }

  private:
    std::map<std::pair<std::string, Partition>, Position> positions_;
    std::map<std::string, std::uint32_t> partitions_;
};

// A store of that port in memory, with its positions.
template <class Port>
class WithMemoryPositions : public Port {
  public:
    Task<Position> position(std::string consumer, Partition partition) override {
        co_return positions_.find(consumer, partition);
    }
    Task<Position> adopt(Position from, Uuid log, Offset applied) override {
        co_return positions_.adopt(from, log, applied);
    }
    Task<std::uint32_t> claim_partitions(std::string topic, std::uint32_t partitions) override {
        co_return positions_.claim_partitions(topic, partitions);
    }
    Task<std::optional<Position>> secure(std::string consumer, Partition partition) override {
        co_return positions_.find(consumer, partition);
    }

  protected:
    MemoryPositions positions_;
};

}  // namespace loquat::store
