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

}  // namespace loquat::store
