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

  private:
    std::map<std::pair<std::string, Partition>, Position> positions_;
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
    Task<Progress> progress(std::string consumer, std::string topic) override {
        co_return positions_.progress(consumer, topic);
    }
    Task<std::optional<Position>> secure(std::string consumer, Partition partition) override {
        co_return positions_.find(consumer, partition);
    }

  protected:
    MemoryPositions positions_;
};

}  // namespace loquat::store
