#pragma once
#include "services/chat/domain/generation_queue.hpp"
#include "services/chat/generations/ports.hpp"

namespace loquat::chat {

// Whose turn it is as a person sees it: over all instances that write answers.  What this instance
// does next is its own queue's to say.  Fails as the store does where there are others.
class Turns {
  public:
    // `nodes` null: nobody else writes answers.
    Turns(const GenerationQueue& queue, AnswerNodes* nodes, std::int64_t waiting_max)
        : queue_(queue), nodes_(nodes), waiting_max_(waiting_max) {}

    // Whether one more can run or wait.  Of two that are asked at the same moment at different
    // instances both may.
    Task<bool> has_room(UserId user) const;
    // 1, 2, 3 ...; none when it does not wait.
    Task<std::optional<std::int64_t>> position(UserId user, GenerationId id,
                                               GenerationState state) const;

  private:
    const GenerationQueue& queue_;
    AnswerNodes* nodes_;
    std::int64_t waiting_max_;
};

}  // namespace loquat::chat
