#include "services/chat/generations/turns.hpp"

#include <algorithm>

namespace loquat::chat {

Task<bool> Turns::has_room(UserId user) const {
    if (!queue_.has_room(user) || nodes_ == nullptr) {
        co_return queue_.has_room(user);
    }
    const AnswerLine line = co_await nodes_->line_of(user);
    const auto waiting = static_cast<std::int64_t>(line.waiting.size());
    co_return waiting < waiting_max_ || (waiting == waiting_max_ && !line.is_streaming);
}

Task<std::optional<std::int64_t>> Turns::position(UserId user, GenerationId id,
                                                  GenerationState state) const {
    if (nodes_ == nullptr) {
        co_return queue_.position(user, id);
    }
    if (state != GenerationState::queued) {
        co_return std::nullopt;
    }
    const AnswerLine line = co_await nodes_->line_of(user);
    const auto found = std::ranges::find(line.waiting, id);
    if (found == line.waiting.end()) {
        co_return std::nullopt;
    }
    co_return found - line.waiting.begin() + 1;
}

}  // namespace loquat::chat
