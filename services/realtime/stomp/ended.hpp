#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "services/realtime/rooms/stomp_subscription.hpp"

namespace loquat::realtime {

// What subscriptions had sent that have ended since: an ACK or NACK of it may still be on its way,
// and is no mistake of the client.
class EndedSubscriptions {
  public:
    static constexpr std::size_t remembered_max = 256;

    void note(const StompSubscription& subscription);
    // For 1.2: the number went out under that serial.
    bool has_sent(std::uint32_t serial, std::uint64_t number) const;
    // For 1.1 and 1.0: it went out for that subscription; empty for any.
    bool has_sent(std::string_view id, std::uint64_t number) const;

  private:
    struct Ended {
        std::string id;
        std::uint32_t serial = 0;
        std::uint64_t first = 0;
        std::uint64_t last = 0;
    };
    std::deque<Ended> ended_;
    // Of those that are no longer remembered the last number; anything up to it may have been sent.
    std::uint64_t forgotten_ = 0;
};

}  // namespace loquat::realtime
