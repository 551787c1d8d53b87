#pragma once
#include <array>
#include <cstring>
#include <string_view>

#include "base/ids.hpp"
#include "base/lru_cache.hpp"
#include "net/jose/siphash.hpp"
#include "services/chat/domain/records.hpp"

namespace loquat::chat {

// Stands for a conversation, a sender and a client id.
struct DedupKey {
    net::jose::SipHash hash{};
    friend bool operator==(const DedupKey&, const DedupKey&) = default;
};

}  // namespace loquat::chat

template <>
struct std::hash<loquat::chat::DedupKey> {
    std::size_t operator()(const loquat::chat::DedupKey& key) const noexcept { return key.hash[0]; }
};

namespace loquat::chat {

// The client ids sent lately, so that a repeat is answered early and not appended twice.  Who is
// not found here may still be a repeat: the consumer decides.
class DedupCache {
  public:
    struct Sent {
        MessageId id;
        Time at{};
        std::uint64_t text_hash = 0;
        bool is_durable = false;  // else its append is under way: append the same again
    };

    explicit DedupCache(std::size_t entries_max) : sent_(entries_max) {
        random_bytes(reinterpret_cast<std::uint8_t*>(secret_.data()), sizeof secret_);
    }

    // Of 128 bits under a secret of this process: nobody can make two that are the same.
    DedupKey key_of(const Seat& seat, std::string_view client_id) const;

    // None when it is unknown; good until the next change.
    const Sent* find(const DedupKey& key) { return sent_.find(key); }
    void note(const DedupKey& key, const Sent& sent) { sent_.put(key, sent); }
    std::size_t size() const { return sent_.size(); }
    void forget(const DedupKey& key) { sent_.erase(key); }
    // Nothing is known of it after its append failed.
    void forget_pending(const DedupKey& key, const MessageId& id);

  private:
    net::jose::SipKey secret_{};
    LruCache<DedupKey, Sent> sent_;
};

inline DedupKey DedupCache::key_of(const Seat& seat, std::string_view client_id) const {
    std::array<char, 32> ids{};
    std::memcpy(ids.data(), seat.chat.view().data(), 16);
    std::memcpy(ids.data() + 16, seat.user.view().data(), 16);
    const net::jose::SipKey of_seat =
        net::jose::sip_hash(secret_, std::string_view{ids.data(), ids.size()});
    return {net::jose::sip_hash(of_seat, client_id)};
}

inline void DedupCache::forget_pending(const DedupKey& key, const MessageId& id) {
    const Sent* sent = sent_.find(key);
    if (sent != nullptr && sent->id == id && !sent->is_durable) {
        sent_.erase(key);
    }
}

}  // namespace loquat::chat
