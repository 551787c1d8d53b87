#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/chat/chat.hpp"

// Answers of assistants while they are written.  Each is a run of `generation` events whose ids are
// 1, 2, 3 ...; the chat service knows the text so far, so that somebody who comes in the middle
// starts with a snapshot.

namespace loquat::realtime {

inline constexpr std::string_view generation_type = "generation";

// Where a `generation` event stands.
struct GenerationMark {
    std::string id;
    std::int64_t event_id = 0;
    bool is_end = false;  // `done`: nothing follows
};

// {"type":"generation",...,"event_id":N,"event":{"type":"snapshot","state","text","queue_position"}}
std::string snapshot_event(const contracts::LiveGeneration& generation);

// Last event ids by generation; of the few that run in one room.
class GenerationIds {
  public:
    // 0 when it is not known.
    std::int64_t find(std::string_view id) const;
    // Never moves back.
    void note(std::string_view id, std::int64_t event_id);
    void erase(std::string_view id);
    void clear() { items_.clear(); }
    std::size_t size() const { return items_.size(); }

  private:
    struct Item {
        std::string id;
        std::int64_t event_id;
    };
    std::vector<Item> items_;
};

}  // namespace loquat::realtime
