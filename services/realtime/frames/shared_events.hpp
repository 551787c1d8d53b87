#pragma once
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "services/realtime/frames/frame_maker.hpp"

namespace loquat::realtime {

// Events of a feed for many subscriptions, whoever they belong to: encoded once for each address.
class SharedEvents {
  public:
    // The bodies outlive it.
    SharedEvents(FrameMaker& maker, std::span<const std::string_view> bodies);

    const SharedBatch& batch_for(const Address& address);

  private:
    FrameMaker& maker_;
    std::vector<Event> events_;
    std::unordered_map<const Address*, SharedBatch> batches_;
};

}  // namespace loquat::realtime
