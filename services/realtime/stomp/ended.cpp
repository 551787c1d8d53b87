#include "services/realtime/stomp/ended.hpp"

#include <algorithm>

namespace loquat::realtime {

void EndedSubscriptions::note(const StompSubscription& subscription) {
    if (subscription.last_given == 0) {
        return;
    }
    if (ended_.size() == remembered_max) {
        forgotten_ = std::max(forgotten_, ended_.front().last);
        ended_.pop_front();
    }
    const Address& address = subscription.address();
    ended_.push_back(
        {address.id, address.serial, subscription.first_given, subscription.last_given});
}

bool EndedSubscriptions::has_sent(std::uint32_t serial, std::uint64_t number) const {
    return number <= forgotten_ || std::ranges::any_of(ended_, [&](const Ended& one) {
               return one.serial == serial && one.first <= number && number <= one.last;
           });
}

bool EndedSubscriptions::has_sent(std::string_view id, std::uint64_t number) const {
    return number <= forgotten_ || std::ranges::any_of(ended_, [&](const Ended& one) {
               return (id.empty() || one.id == id) && one.first <= number && number <= one.last;
           });
}

}  // namespace loquat::realtime
