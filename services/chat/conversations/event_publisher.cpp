#include "services/chat/conversations/event_publisher.hpp"

#include <algorithm>

#include "aio/yield.hpp"
#include "base/log.hpp"
#include "contracts/chat/broadcasts.hpp"
#include "contracts/events/user_event.hpp"
#include "services/chat/conversations/views.hpp"
#include "store/broadcast/publish.hpp"

namespace loquat::chat {
namespace {

constexpr std::size_t events_each_turn = 64;

// `Body` is ChatAdded or ChatChanged.
template <class Body>
contracts::UserEvent listed_event(contracts::Chat chat) {
    const contracts::ChatMe me = chat.me.value_or(contracts::ChatMe{});
    const contracts::ListedPlace place{
        chat.id, chat.last_seq, me.read_seq, {me.unread, me.mentions}};
    return {"chats", wire::encode(Body{std::move(chat)}), place};
}

}  // namespace

void EventPublisher::typing(const ChatId& chat, const UserId& user) {
    const auto event = contracts::room_event(contracts::TypingEvent{user}, user);
    store::publish(parts_.broadcast, contracts::topics::chat_room, chat, event);
}

void EventPublisher::read(const CachedConversation& conversation, const MemberRecord& member,
                          contracts::UnreadCount count, std::int64_t receipts_members_max) {
    const ChatId chat = conversation.chat.id;
    if (conversation.chat.member_count <= receipts_members_max) {
        const contracts::ReadEvent body{member.user, member.read_seq};
        const auto event = contracts::room_event(body, member.user);
        store::publish(parts_.broadcast, contracts::topics::chat_room, chat, event);
    }
    const contracts::MyRead mine{chat, member.read_seq, count.unread, count.mentions};
    tell(member.user, {"chats", wire::encode(mine),
                       contracts::ListedPlace{chat, std::nullopt, member.read_seq, count}});
}

void EventPublisher::member_added(const ChatId& chat, const UserId& user) {
    const auto event = contracts::room_event(contracts::MemberAdded{user}, user);
    store::publish(parts_.broadcast, contracts::topics::chat_room, chat, event);
}

void EventPublisher::member_removed(const ChatId& chat, const UserId& user) {
    const auto event = contracts::room_event(contracts::MemberRemoved{user}, user);
    store::publish(parts_.broadcast, contracts::topics::chat_room, chat, event);
}

void EventPublisher::chat_added(const ChatId& chat, std::vector<UserId> users) {
    push({What::added, chat, std::move(users)});
}

void EventPublisher::chat_changed(const ChatId& chat) {
    if (changes_waiting_.insert(chat).second) {
        push({What::all_changed, chat, {}});
    }
}

void EventPublisher::chat_changed(const ChatId& chat, std::vector<UserId> users) {
    push({What::changed, chat, std::move(users)});
}

void EventPublisher::chat_removed(const ChatId& chat, const UserId& user) {
    tell(user, {"chats", wire::encode(contracts::ChatRemoved{chat}), {}});
}

void EventPublisher::chat_deleted(const ChatId& chat, std::vector<UserId> users) {
    Job job{What::deleted, chat, std::move(users)};
    if (jobs_.try_push(job)) {
        return;
    }
    for (const UserId& user : job.users) {
        tell_gone(chat, user);
    }
}

void EventPublisher::tell_gone(const ChatId& chat, const UserId& user) {
    member_removed(chat, user);
    tell(user, {"chats", wire::encode(contracts::ChatRemoved{chat}), {}});
}

void EventPublisher::push(Job job) {
    const ChatId chat = job.chat;
    const What what = job.what;
    if (jobs_.try_push(std::move(job))) {
        return;
    }
    parts_.metrics.events_dropped.add();
    if (what == What::all_changed) {
        changes_waiting_.erase(chat);
    }
}

Task<void> EventPublisher::run() {
    while (auto job = co_await jobs_.pop()) {
        std::exception_ptr error;
        try {
            co_await do_job(std::move(*job));
        } catch (const Failure&) {
            error = std::current_exception();
        }
        if (error) {
            parts_.metrics.events_dropped.add();
            log_warn({.service = "chat"}, "a chat list event could not be made",
                     {{"error", aio::describe(error)}});
        }
    }
}

Task<void> EventPublisher::do_job(Job job) {
    if (job.what == What::deleted) {
        co_await tell_deleted(std::move(job));
        co_return;
    }
    if (job.what == What::all_changed) {
        changes_waiting_.erase(job.chat);
    }
    co_await tell_seen(std::move(job));
}

Task<void> EventPublisher::tell_deleted(Job job) {
    for (std::size_t i = 0; i < job.users.size(); ++i) {
        tell_gone(job.chat, job.users[i]);
        if (i % events_each_turn == events_each_turn - 1) {
            co_await aio::yield();
        }
    }
}

// Each person sees the conversation as it is when their turn comes; who is not in it any more sees
// nothing.
Task<void> EventPublisher::tell_seen(Job job) {
    const ConversationPtr conversation = co_await parts_.cache.find(job.chat);
    if (!conversation) {
        co_return;
    }
    if (job.what == What::all_changed) {
        for (const MemberRecord& member : conversation->members()) {
            job.users.push_back(member.user);
        }
    }
    const store::Head before = co_await parts_.heads.find(job.chat);
    if (before.last) {
        // Who writes from here on is known.
        co_await parts_.people.with_present_name(before.last->sender);
    }
    std::vector<MentionSeqs> mentions;
    for (std::size_t i = 0; i < job.users.size(); ++i) {
        if (i % events_each_turn == 0) {
            mentions = co_await find_mentions(conversation, job, i);
        }
        std::optional<contracts::PublicUser> peer;
        if (const auto other = conversation->peer_of(job.users[i])) {
            peer = co_await parts_.people.find(*other);
            peer = peer ? peer : unknown_person(*other);
        }
        const DeletedMessages::Meanwhile deletions{parts_.deletions};
        DeletedSeqs deleted = co_await parts_.deletions.find(job.chat);
        // Last, so that nothing is told which was deleted or left while the rest was looked up.
        const store::Head head = co_await parts_.heads.find(job.chat);
        deleted = deletions.now(job.chat, std::move(deleted));
        if (const MemberRecord* member = conversation->find(job.users[i])) {
            auto last =
                head.last ? std::optional{parts_.people.show_known(*head.last)} : std::nullopt;
            const ChatView view{.chat = conversation->chat,
                                .me = *member,
                                .head = head,
                                .last_message = std::move(last),
                                .deleted = deleted,
                                .mentions = std::move(mentions[i % events_each_turn]),
                                .peer = std::move(peer),
                                .text_characters_max = parts_.text_characters_max};
            tell(job.users[i], job.what == What::added
                                   ? listed_event<contracts::ChatAdded>(to_wire(view))
                                   : listed_event<contracts::ChatChanged>(to_wire(view)));
        }
        if (i % events_each_turn == events_each_turn - 1) {
            co_await aio::yield();
        }
    }
}

Task<std::vector<MentionSeqs>> EventPublisher::find_mentions(ConversationPtr conversation,
                                                             const Job& job, std::size_t first) {
    std::vector<store::MentionQuery> queries;
    const std::size_t end = std::min(job.users.size(), first + events_each_turn);
    for (std::size_t i = first; i < end; ++i) {
        const MemberRecord* member = conversation->find(job.users[i]);
        queries.push_back({job.chat, job.users[i], member != nullptr ? member->read_seq : 0});
    }
    co_return co_await load_mentions(parts_.messages, std::move(queries));
}

void EventPublisher::tell(const UserId& user, const contracts::UserEvent& event) {
    store::publish(parts_.broadcast, contracts::topics::user, user, event);
}

}  // namespace loquat::chat
