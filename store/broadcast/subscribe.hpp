#pragma once
#include <optional>
#include <type_traits>
#include <utility>

#include "contracts/events/topic.hpp"
#include "store/broadcast/broadcast.hpp"

// Hearing what a topic is for.  Who only passes bytes on subscribes to the broadcast itself.
namespace loquat::store {

// None: something may have been missed, or what was told cannot be read.  Catch up from the store.
template <class Told>
using OnTold = std::move_only_function<void(std::optional<Told>)>;

template <class Told>
OnNotice read_notices(OnTold<Told> on_told) {
    return [on_told = std::move(on_told)](Notice notice, const Payload& payload) mutable {
        on_told(notice == Notice::lost ? std::nullopt : contracts::decode<Told>(*payload));
    };
}

// As Broadcast::subscribe.
template <class Told>
Subscription subscribe(Broadcast& broadcast, const contracts::Topic<Told>& topic,
                       std::type_identity_t<OnTold<Told>> on_told) {
    return broadcast.subscribe(topic.name(), read_notices<Told>(std::move(on_told)));
}

template <class Told, class Key>
Subscription subscribe(Broadcast& broadcast, const contracts::Topic<Told, Key>& topic,
                       const std::type_identity_t<Key>& key,
                       std::type_identity_t<OnTold<Told>> on_told) {
    return broadcast.subscribe(topic.name(key), read_notices<Told>(std::move(on_told)));
}

}  // namespace loquat::store
