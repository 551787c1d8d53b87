#pragma once
#include <type_traits>

#include "contracts/events/topic.hpp"
#include "store/broadcast/broadcast.hpp"

// Publishing what a topic is for, and nothing else.
namespace loquat::store {

template <class Payload>
void publish(Broadcast& broadcast, const contracts::Topic<Payload>& topic,
             const std::type_identity_t<Payload>& told) {
    broadcast.publish(topic.pattern(), encode(told));
}

template <class Payload, class Key>
void publish(Broadcast& broadcast, const contracts::Topic<Payload, Key>& topic,
             const std::type_identity_t<Key>& key, const std::type_identity_t<Payload>& told) {
    broadcast.publish(topic.name(key), encode(told));
}

}  // namespace loquat::store
