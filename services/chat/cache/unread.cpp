#include "services/chat/cache/unread.hpp"

#include <algorithm>

#include "services/chat/cache/deleted_messages.hpp"

namespace loquat::chat {

Task<std::vector<MentionSeqs>> load_mentions(store::MessageHistory& messages,
                                             std::vector<store::MentionQuery> queries) {
    std::vector<MentionSeqs> all;
    all.reserve(queries.size());
    for (std::size_t at = 0; at < queries.size(); at += store::MessageHistory::heads_max) {
        const std::size_t count = std::min(queries.size() - at, store::MessageHistory::heads_max);
        const auto first = queries.begin() + static_cast<std::ptrdiff_t>(at);
        std::vector<store::MentionQuery> part{first, first + static_cast<std::ptrdiff_t>(count)};
        auto loaded = co_await messages.list_mentions(std::move(part));
        std::ranges::move(loaded, std::back_inserter(all));
    }
    co_return all;
}

Task<MentionSeqs> load_mentions(store::MessageHistory& messages, store::MentionQuery query,
                                std::int64_t last_seq) {
    if (query.after_seq >= last_seq) {
        co_return MentionSeqs{};
    }
    std::vector<store::MentionQuery> one{query};
    auto loaded = co_await load_mentions(messages, std::move(one));
    co_return std::move(loaded.front());
}

contracts::UnreadCount count_unread(std::int64_t last_seq, std::int64_t read_seq,
                                    std::span<const std::int64_t> deleted_seqs,
                                    std::span<const std::int64_t> mention_seqs) {
    const std::int64_t unread = count_unread(last_seq, read_seq, deleted_seqs);
    if (unread == 0) {
        return {};
    }
    // The store told who is mentioned a moment before or after what is deleted.
    const auto mentions = std::ranges::count_if(mention_seqs, [&](std::int64_t seq) {
        return seq > read_seq && seq <= last_seq && !std::ranges::binary_search(deleted_seqs, seq);
    });
    return {unread, mentions};
}

}  // namespace loquat::chat
