#include "services/chat/cache/deleted_messages.hpp"

#include <algorithm>

namespace loquat::chat {
namespace {

constexpr std::size_t entry_bytes = 160;

const DeletedSeqs& nothing() {
    static const auto none = std::make_shared<const std::vector<std::int64_t>>();
    return none;
}

void add(std::vector<std::int64_t>& seqs, std::int64_t seq) {
    const auto at = std::ranges::lower_bound(seqs, seq);
    if (at == seqs.end() || *at != seq) {
        seqs.insert(at, seq);
    }
}

std::size_t weight_of(const DeletedSeqs& seqs) {
    return entry_bytes + seqs->size() * sizeof(seqs->front());
}

}  // namespace

std::int64_t count_unread(std::int64_t last_seq, std::int64_t read_seq,
                          std::span<const std::int64_t> deleted_seqs) {
    if (last_seq <= read_seq) {
        return 0;
    }
    const auto gone = std::ranges::upper_bound(deleted_seqs, last_seq) -
                      std::ranges::upper_bound(deleted_seqs, read_seq);
    return last_seq - read_seq - gone;
}

DeletedMessages::Meanwhile::~Meanwhile() {
    if (--deletions_.loads_ == 0) {
        deletions_.deleted_meanwhile_.clear();
    }
}

DeletedSeqs DeletedMessages::Meanwhile::now(const ChatId& chat, DeletedSeqs found) const {
    std::vector<std::int64_t> more;
    for (const auto& [where, seq] : deletions_.deleted_meanwhile_) {
        if (where == chat && !std::ranges::binary_search(*found, seq)) {
            add(more, seq);
        }
    }
    if (more.empty()) {
        return found;
    }
    std::vector<std::int64_t> all;
    std::ranges::merge(*found, more, std::back_inserter(all));
    return std::make_shared<const std::vector<std::int64_t>>(std::move(all));
}

DeletedMessages::DeletedMessages(store::MessageHistory& messages, std::size_t bytes_max)
    : messages_(messages), known_(bytes_max) {}

DeletedSeqs DeletedMessages::keep(const ChatId& chat, std::vector<std::int64_t> loaded,
                                  Version asked) {
    for (const auto& [where, seq] : deleted_meanwhile_) {
        if (where == chat) {
            add(loaded, seq);
        }
    }
    DeletedSeqs seqs = loaded.empty()
                           ? nothing()
                           : std::make_shared<const std::vector<std::int64_t>>(std::move(loaded));
    if (asked == missed_) {
        known_.put(chat, seqs, weight_of(seqs));
    }
    return seqs;
}

Task<std::vector<DeletedSeqs>> DeletedMessages::find_all(std::vector<ChatId> chats) {
    std::vector<DeletedSeqs> found(chats.size(), nothing());
    std::vector<std::size_t> missing;
    for (std::size_t i = 0; i < chats.size(); ++i) {
        if (const DeletedSeqs* known = known_.find(chats[i])) {
            found[i] = *known;
        } else {
            missing.push_back(i);
        }
    }
    const Meanwhile loading{*this};
    for (std::size_t at = 0; at < missing.size(); at += store::MessageHistory::heads_max) {
        const std::size_t end = std::min(missing.size(), at + store::MessageHistory::heads_max);
        std::vector<ChatId> part;
        for (std::size_t i = at; i < end; ++i) {
            part.push_back(chats[missing[i]]);
        }
        const Version asked = missed_;
        auto loaded = co_await messages_.list_deleted(std::move(part));
        for (std::size_t i = at; i < end; ++i) {
            found[missing[i]] = keep(chats[missing[i]], std::move(loaded[i - at]), asked);
        }
    }
    co_return found;
}

Task<DeletedSeqs> DeletedMessages::find(ChatId chat) {
    std::vector<ChatId> one{chat};
    auto found = co_await find_all(std::move(one));
    co_return std::move(found.front());
}

void DeletedMessages::on_stored(const contracts::StoredEvent& event) {
    if (event.kind != contracts::OutcomeKind::deleted) {
        return;
    }
    const contracts::StoredMessage& message = event.message;
    if (loads_ > 0) {
        deleted_meanwhile_.emplace_back(message.chat, message.seq);
    }
    if (const DeletedSeqs* known = known_.find(message.chat)) {
        std::vector<std::int64_t> seqs = **known;
        add(seqs, message.seq);
        auto changed = std::make_shared<const std::vector<std::int64_t>>(std::move(seqs));
        known_.put(message.chat, changed, weight_of(changed));
    }
}

void DeletedMessages::clear() {
    missed_.change();
    known_.clear();
}

}  // namespace loquat::chat
