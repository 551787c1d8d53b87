#include "services/chat/generations/live.hpp"

#include <algorithm>

namespace loquat::chat {
namespace {

template <class Key>
void drop(std::unordered_map<Key, std::vector<LivePtr>>& lists, const Key& key, const Live& live) {
    const auto at = lists.find(key);
    if (at == lists.end()) {
        return;
    }
    std::erase_if(at->second, [&](const LivePtr& one) { return one.get() == &live; });
    if (at->second.empty()) {
        lists.erase(at);
    }
}

}  // namespace

void LiveSet::add(const LivePtr& live) {
    by_id_.emplace(live->record.id, live);
    by_chat_[live->record.chat].push_back(live);
    by_user_[live->record.user].push_back(live);
}

void LiveSet::remove(const Live& live) {
    drop(by_chat_, live.record.chat, live);
    drop(by_user_, live.record.user, live);
    by_id_.erase(GenerationId{live.record.id});
}

LivePtr LiveSet::find(const GenerationId& id) const {
    const auto at = by_id_.find(id);
    return at == by_id_.end() ? nullptr : at->second;
}

std::vector<LivePtr> LiveSet::of_chat(const ChatId& chat) const {
    const auto at = by_chat_.find(chat);
    return at == by_chat_.end() ? std::vector<LivePtr>{} : at->second;
}

std::vector<LivePtr> LiveSet::all() const {
    std::vector<LivePtr> lives;
    for (const auto& [id, live] : by_id_) {
        lives.push_back(live);
    }
    std::ranges::sort(lives, {}, [](const LivePtr& live) { return live->record.id; });
    return lives;
}

std::int64_t LiveSet::tokens_of(const UserId& user) const {
    const auto at = by_user_.find(user);
    std::int64_t tokens = 0;
    if (at != by_user_.end()) {
        for (const LivePtr& live : at->second) {
            if (is_terminal(live->record.state)) {
                continue;  // its figures are known: see PendingUsage
            }
            tokens += live->counter.count() + live->taken_back_tokens;
            tokens += live->record.context ? live->record.context->tokens : 0;
        }
    }
    return tokens;
}

}  // namespace loquat::chat
