#pragma once
#include <optional>
#include <string>

#include "services/chat/domain/records.hpp"
#include "services/chat/lru.hpp"

namespace loquat::chat {

// The client ids sent lately, so that a repeat is answered early and not appended twice.  Who is
// not found here may still be a repeat: the consumer decides.
class Repeats {
  public:
    struct Sent {
        MessageId id;
        Time at{};
        std::uint64_t text_hash = 0;
        bool is_durable = false;  // else its append is under way: append the same again
    };

    explicit Repeats(std::size_t entries_max) : sent_(entries_max) {}

    static std::string key_of(const Seat& seat, std::string_view client_id);

    // None when it is unknown; good until the next change.
    const Sent* find(const std::string& key) { return sent_.find(key); }
    void note(const std::string& key, const Sent& sent) { sent_.put(key, sent); }
    std::size_t size() const { return sent_.size(); }
    void forget(const std::string& key) { sent_.erase(key); }
    // Nothing is known of it after its append failed.
    void forget_pending(const std::string& key, const MessageId& id);

  private:
    Lru<std::string, Sent> sent_;
};

inline std::string Repeats::key_of(const Seat& seat, std::string_view client_id) {
    std::string key;
    key.reserve(32 + client_id.size());
    key.append(seat.chat.view()).append(seat.user.view()).append(client_id);
    return key;
}

inline void Repeats::forget_pending(const std::string& key, const MessageId& id) {
    const Sent* sent = sent_.find(key);
    if (sent != nullptr && sent->id == id && !sent->is_durable) {
        sent_.erase(key);
    }
}

}  // namespace loquat::chat
