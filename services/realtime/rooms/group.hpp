#pragma once
#include <vector>

#include "services/realtime/domain/flush_list.hpp"
#include "services/realtime/metrics.hpp"
#include "services/realtime/rooms/stomp_subscription.hpp"

namespace loquat::realtime {

// The live subscriptions of a room whose frames are the same bytes.
class Group final : public Flushable {
  public:
    Group(Address address, Counts& counts) : address_(std::move(address)), counts_(counts) {}

    const Address& address() const { return address_; }
    bool has_members() const { return !members_.empty(); }
    void add_event(FrameMaker& maker, const Event& event);
    // Gives what was added since the last call to each member.
    void flush() override;
    std::size_t batch_bytes() const { return batch_ ? batch_->bytes.size() : 0; }

    void join(StompSubscription& subscription);
    void leave(StompSubscription& subscription);
    const std::vector<StompSubscription*>& members() const { return members_; }

    std::uint32_t users = 0;  // subscriptions that have it as their address

  private:
    Address address_;
    Counts& counts_;
    SharedBatch batch_;
    std::vector<StompSubscription*> members_;
};

}  // namespace loquat::realtime
