#include "services/chat/domain/generation_queue.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace loquat::chat {

bool GenerationQueue::has_room(const UserId& user) const {
    const auto at = lines_.find(user);
    return at == lines_.end() || !at->second.running || at->second.waiting.size() < waiting_max_;
}

void GenerationQueue::run(const UserId& user, const GenerationId& id) {
    Line& line = lines_[user];
    LOQUAT_CHECK(!line.running, "one answer at a time");
    line.running = id;
}

std::size_t GenerationQueue::wait(const UserId& user, const GenerationId& id) {
    Line& line = lines_.at(user);
    line.waiting.push_back(id);
    return line.waiting.size();
}

bool GenerationQueue::leave(const UserId& user, const GenerationId& id) {
    const auto at = lines_.find(user);
    return at != lines_.end() && std::erase(at->second.waiting, id) > 0;
}

std::optional<GenerationId> GenerationQueue::pass_on(const UserId& user,
                                                     const GenerationId& ended) {
    const auto at = lines_.find(user);
    LOQUAT_CHECK(at != lines_.end() && at->second.running == ended, "who runs passes on");
    Line& line = at->second;
    if (line.waiting.empty()) {
        lines_.erase(at);
        return std::nullopt;
    }
    line.running = line.waiting.front();
    line.waiting.erase(line.waiting.begin());
    return line.running;
}

const std::vector<GenerationId>& GenerationQueue::waiting(const UserId& user) const {
    static const std::vector<GenerationId> nobody;
    const auto at = lines_.find(user);
    return at == lines_.end() ? nobody : at->second.waiting;
}

std::optional<std::int64_t> GenerationQueue::position(const UserId& user,
                                                      const GenerationId& id) const {
    const std::vector<GenerationId>& line = waiting(user);
    const auto at = std::ranges::find(line, id);
    return at == line.end() ? std::nullopt : std::optional{at - line.begin() + std::int64_t{1}};
}

}  // namespace loquat::chat
