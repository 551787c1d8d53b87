#include "services/chat/cache/last_messages.hpp"

#include <algorithm>

namespace loquat::chat {
namespace {

constexpr std::size_t entry_bytes = 400;
constexpr int tries_max = 3;

std::size_t weight_of(const store::Head& head) {
    return entry_bytes + (head.last ? head.last->text.size() : 0);
}

bool is_newer(const contracts::StoredMessage& a, const contracts::StoredMessage& b) {
    if (a.deleted_at || b.deleted_at) {
        return a.deleted_at && !b.deleted_at;
    }
    return a.edited_at > b.edited_at;
}

}  // namespace

LastMessages::Meanwhile::~Meanwhile() {
    if (--heads_.loads_ == 0) {
        heads_.changed_meanwhile_.clear();
    }
}

const contracts::StoredMessage* LastMessages::Meanwhile::find_change(
    const store::Head& found) const {
    if (!found.last) {
        return nullptr;
    }
    const auto changed = heads_.changed_meanwhile_.find(found.last->id);
    const bool is_change =
        changed != heads_.changed_meanwhile_.end() && is_newer(changed->second, *found.last);
    return is_change ? &changed->second : nullptr;
}

void LastMessages::put(const store::Head& head) { heads_.put(head.chat, head, weight_of(head)); }

const store::Head& LastMessages::keep(store::Head& loaded) {
    const store::Head* known = heads_.find(loaded.chat);
    if (known != nullptr && known->last_seq >= loaded.last_seq) {
        return *known;
    }
    if (loaded.last) {
        const auto changed = changed_meanwhile_.find(loaded.last->id);
        if (changed != changed_meanwhile_.end() && is_newer(changed->second, *loaded.last)) {
            loaded.last = changed->second;
        }
    }
    put(loaded);
    return loaded;
}

Task<std::vector<store::Head>> LastMessages::load_all(std::vector<ChatId> chats) {
    std::vector<store::Head> heads;
    heads.reserve(chats.size());
    for (std::size_t at = 0; at < chats.size(); at += store::MessageHistory::heads_max) {
        const std::size_t count = std::min(chats.size() - at, store::MessageHistory::heads_max);
        const auto first = chats.begin() + static_cast<std::ptrdiff_t>(at);
        std::vector<ChatId> part{first, first + static_cast<std::ptrdiff_t>(count)};
        auto loaded = co_await messages_.heads(std::move(part));
        std::ranges::move(loaded, std::back_inserter(heads));
    }
    co_return heads;
}

Task<std::vector<store::Head>> LastMessages::load_and_keep(std::vector<ChatId> chats) {
    for (int tries = 0; tries < tries_max; ++tries) {
        const Version asked = missed_;
        auto loaded = co_await load_all(chats);
        if (asked == missed_) {
            for (store::Head& head : loaded) {
                head = store::Head{keep(head)};
            }
            co_return loaded;
        }
    }
    // As of now, and not kept.
    co_return co_await load_all(std::move(chats));
}

void LastMessages::forget(const ChatId& chat) {
    missed_.change();
    heads_.erase(chat);
}

void LastMessages::clear() {
    missed_.change();
    heads_.clear();
}

Task<std::vector<store::Head>> LastMessages::find_all(std::vector<ChatId> chats) {
    std::vector<store::Head> heads(chats.size());
    std::vector<ChatId> missing;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < chats.size(); ++i) {
        if (const store::Head* known = heads_.find(chats[i])) {
            heads[i] = *known;
        } else {
            missing.push_back(chats[i]);
            places.push_back(i);
        }
    }
    if (missing.empty()) {
        co_return heads;
    }
    const Meanwhile loading{*this};
    auto loaded = co_await load_and_keep(std::move(missing));
    for (std::size_t i = 0; i < loaded.size(); ++i) {
        heads[places[i]] = std::move(loaded[i]);
    }
    co_return heads;
}

Task<store::Head> LastMessages::find(ChatId chat) {
    if (const store::Head* known = heads_.find(chat)) {
        co_return *known;
    }
    co_return co_await load(chat);
}

Task<store::Head> LastMessages::load(ChatId chat) {
    const Meanwhile loading{*this};
    std::vector<ChatId> one{chat};
    auto loaded = co_await load_and_keep(std::move(one));
    co_return std::move(loaded.front());
}

void LastMessages::on_stored(const contracts::StoredEvent& event) {
    const contracts::StoredMessage& message = event.message;
    const store::Head* known = heads_.find(message.chat);
    const bool is_new = event.kind == contracts::OutcomeKind::stored;
    if (is_new && (known == nullptr || known->last_seq < message.seq)) {
        put({message.chat, message.seq, message});
    } else if (!is_new && known != nullptr && known->last && known->last->id == message.id) {
        put({message.chat, known->last_seq, message});
    }
    if (!is_new && loads_ > 0) {
        changed_meanwhile_.insert_or_assign(message.id, message);
    }
}

}  // namespace loquat::chat
