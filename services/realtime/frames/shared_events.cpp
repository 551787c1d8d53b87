#include "services/realtime/frames/shared_events.hpp"

namespace loquat::realtime {

SharedEvents::SharedEvents(FrameMaker& maker, std::span<const std::string_view> bodies)
    : maker_(maker) {
    events_.reserve(bodies.size());
    for (const std::string_view body : bodies) {
        events_.push_back({.body = body, .number = maker.next_number()});
    }
}

const SharedBatch& SharedEvents::batch_for(const Address& address) {
    SharedBatch& batch = batches_[&address];
    if (!batch) {
        batch = make_batch(maker_, address, events_);
    }
    return batch;
}

}  // namespace loquat::realtime
