#pragma once
#include <cstddef>
#include <optional>
#include <unordered_map>
#include <vector>

#include "services/chat/domain/generation.hpp"

namespace loquat::chat {

// Whose turn it is: for each person one answer is written at a time and some wait, first come,
// first served.
class GenerationQueue {
  public:
    explicit GenerationQueue(std::size_t waiting_max) : waiting_max_(waiting_max) {}

    // Whether one more can run or wait now.
    bool has_room(const UserId& user) const;
    bool is_busy(const UserId& user) const { return lines_.contains(user); }

    // Takes the person's slot; only while not busy.
    void run(const UserId& user, const GenerationId& id);
    // Joins the line and gives the position, 1 for the next one.
    std::size_t wait(const UserId& user, const GenerationId& id);
    // Takes one that waits out of the line; false when it does not wait.
    bool leave(const UserId& user, const GenerationId& id);
    // The running one has ended: the next one has the slot now.  None when nobody waits.
    std::optional<GenerationId> pass_on(const UserId& user, const GenerationId& ended);

    // In order.
    const std::vector<GenerationId>& waiting(const UserId& user) const;
    // 1, 2, 3 ...; none when it does not wait.
    std::optional<std::int64_t> position(const UserId& user, const GenerationId& id) const;

  private:
    struct Line {
        std::optional<GenerationId> running;
        std::vector<GenerationId> waiting;
    };

    std::size_t waiting_max_;
    std::unordered_map<UserId, Line> lines_;
};

}  // namespace loquat::chat
