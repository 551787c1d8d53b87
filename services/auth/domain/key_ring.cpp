#include "services/auth/domain/key_ring.hpp"

#include <algorithm>
#include <tuple>

#include "base/check.hpp"

namespace loquat::auth {

KeyRing::KeyRing(std::vector<RingKey> keys, std::chrono::seconds overlap)
    : keys_(std::move(keys)), overlap_(overlap) {
    LOQUAT_CHECK(!keys_.empty(), "a ring has a key");
    std::ranges::sort(keys_, [](const RingKey& a, const RingKey& b) {
        return std::tie(a.active_from, a.created_at) < std::tie(b.active_from, b.created_at);
    });
}

const net::jose::Key& KeyRing::signing_key(Time now) const {
    const auto active = std::find_if(keys_.rbegin(), keys_.rend(),
                                     [&](const RingKey& one) { return one.active_from <= now; });
    return active != keys_.rend() ? active->key : keys_.front().key;
}

net::jose::KeySet KeyRing::published(Time now) const {
    net::jose::KeySet set;
    for (std::size_t i = keys_.size(); i-- > 0;) {
        if (!is_over(i, now)) {
            set.add(keys_[i].key);
        }
    }
    return set;
}

void KeyRing::add(RingKey key) {
    LOQUAT_CHECK(key.active_from >= keys_.back().active_from, "keys follow each other");
    keys_.push_back(std::move(key));
}

bool KeyRing::prune(Time now) {
    const std::size_t before = keys_.size();
    while (keys_.size() > 1 && is_over(0, now)) {
        keys_.erase(keys_.begin());
    }
    return keys_.size() < before;
}

// A key ends when its successor takes over; its last token lives on for `overlap_`.
bool KeyRing::is_over(std::size_t index, Time now) const {
    return index + 1 < keys_.size() && keys_[index + 1].active_from + overlap_ <= now;
}

}  // namespace loquat::auth
