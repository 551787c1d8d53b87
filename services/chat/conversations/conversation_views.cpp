#include "services/chat/conversations/conversation_views.hpp"

#include "services/chat/conversations/views.hpp"

namespace loquat::chat {

// In the order of `listed`; of those that the person is in and where something was said.
Task<std::vector<std::optional<contracts::Message>>> ConversationViews::show_last(
    const std::vector<ListedChat>& listed, const std::vector<store::Head>& heads) {
    std::vector<contracts::StoredMessage> messages;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < listed.size(); ++i) {
        if (listed[i].me && heads[i].last) {
            messages.push_back(*heads[i].last);
            places.push_back(i);
        }
    }
    auto shown = co_await parts_.people.show_all(std::move(messages));
    std::vector<std::optional<contracts::Message>> last(listed.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
        last[places[i]] = std::move(shown[i]);
    }
    co_return last;
}

// In the order of `listed`; only where something is unread.
Task<std::vector<MentionSeqs>> ConversationViews::find_unread_mentions(
    const std::vector<ListedChat>& listed, UserId user, const std::vector<store::Head>& heads) {
    std::vector<store::MentionQuery> queries;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < listed.size(); ++i) {
        if (listed[i].me && listed[i].me->read_seq < heads[i].last_seq) {
            queries.push_back({listed[i].chat.id, user, listed[i].me->read_seq});
            places.push_back(i);
        }
    }
    auto loaded = co_await load_mentions(parts_.messages, std::move(queries));
    std::vector<MentionSeqs> mentions(listed.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
        mentions[places[i]] = std::move(loaded[i]);
    }
    co_return mentions;
}

Task<std::vector<contracts::Chat>> ConversationViews::view_all(std::vector<ListedChat> listed,
                                                               UserId user) {
    std::vector<ChatId> ids;
    std::vector<UserId> peers;
    for (const ListedChat& one : listed) {
        ids.push_back(one.chat.id);
        if (one.chat.pair) {
            peers.push_back(one.chat.pair->other_than(user));
        }
    }
    const DeletedMessages::Meanwhile deletions{parts_.deletions};
    const LastMessages::Meanwhile changes{parts_.heads};
    const auto deleted = co_await parts_.deletions.find_all(ids);
    const auto heads = co_await parts_.heads.find_all(std::move(ids));
    const People::Found people = co_await parts_.people.find_all(std::move(peers));
    auto last = co_await show_last(listed, heads);
    auto mentions = co_await find_unread_mentions(listed, user, heads);
    std::vector<contracts::Chat> views;
    views.reserve(listed.size());
    for (std::size_t i = 0; i < listed.size(); ++i) {
        ChatRecord& chat = listed[i].chat;
        if (heads[i].last && heads[i].last->created_at > chat.active_at) {
            // Its event was lost.
            chat.active_at = heads[i].last->created_at;
            parts_.unsaved.note_activity(chat.id, chat.active_at, parts_.cache.peek_any(chat.id));
        }
        // From here on nothing is waited for: what changed while the rest was looked up counts.
        if (const auto* changed = changes.find_change(heads[i]); changed != nullptr && last[i]) {
            last[i] = parts_.people.show_known(*changed);
        }
        const DeletedSeqs gone = deletions.now(chat.id, deleted[i]);
        std::optional<contracts::PublicUser> peer;
        if (listed[i].chat.pair) {
            const UserId other = listed[i].chat.pair->other_than(user);
            const auto found = people.find(other);
            peer = found != people.end() ? found->second : unknown_person(other);
        }
        views.push_back(to_wire(ChatView{.chat = chat,
                                         .me = listed[i].me,
                                         .head = heads[i],
                                         .last_message = std::move(last[i]),
                                         .deleted = gone,
                                         .mentions = std::move(mentions[i]),
                                         .peer = std::move(peer),
                                         .text_characters_max = parts_.text_characters_max}));
    }
    co_return views;
}

Task<contracts::Chat> ConversationViews::view(ConversationPtr conversation, UserId user) {
    std::vector<ListedChat> one;
    const MemberRecord* member = conversation->find(user);
    one.push_back({conversation->chat, member != nullptr ? std::optional{*member} : std::nullopt});
    if (member != nullptr) {
        const Seat seat{conversation->chat.id, user};
        one.front().me->read_seq = co_await parts_.book.find_marker(seat, member->read_seq);
    }
    auto views = co_await view_all(std::move(one), user);
    co_return std::move(views.front());
}

}  // namespace loquat::chat
