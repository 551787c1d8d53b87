#include "services/chat/conversations/one_of_several.hpp"

#include "aio/yield.hpp"
#include "base/log.hpp"
#include "net/jose/digest.hpp"
#include "services/chat/domain/assistant.hpp"
#include "services/chat/domain/failures.hpp"
#include "store/broadcast/publish.hpp"
#include "store/broadcast/subscribe.hpp"

namespace loquat::chat {

OneOfSeveral::OneOfSeveral(Parts parts, std::chrono::milliseconds age_max)
    : parts_(parts), age_max_(age_max), scope_(parts.loop, "chat.book") {
    parts_.cache.listen(this);
}

void OneOfSeveral::start() {
    auto on_told_here = [this](const std::optional<contracts::ChangedEvent>& event) {
        on_told(event);
    };
    subscription_ = store::subscribe(parts_.broadcast, contracts::topics::chat_changed,
                                     std::move(on_told_here));
    scope_.start(keep_fresh());
}

Task<void> OneOfSeveral::stop() {
    subscription_.end();
    co_await scope_.close();
}

Task<Judged> OneOfSeveral::change(ConversationPtr conversation, Proposal proposal) {
    const ChatId id = conversation->chat.id;
    auto judged = co_await parts_.chats.change(id, std::move(proposal));
    if (!judged) {
        throw chat_not_found();
    }
    if (!judged->change.is_none()) {
        scope_.start(tell_soon(id, *judged));
    }
    parts_.cache.apply(*conversation, *judged);
    if (!judged->change.is_end) {
        // Where others were faster it is read again.
        co_await parts_.cache.find(id);
    }
    co_return std::move(*judged);
}

// After whoever asked for the change has shown it: what others end by it ends behind that, and who
// was removed still hears so.
Task<void> OneOfSeveral::tell_soon(ChatId chat, Judged judged) {
    co_await aio::yield();
    tell(chat, judged);
}

void OneOfSeveral::tell(const ChatId& chat, const Judged& judged) {
    const ChatChange& change = judged.change;
    contracts::ChangedEvent event{.origin = name_, .chat = chat, .version = judged.version};
    if (change.is_end) {
        event.version = contracts::ChangedEvent::no_more;
        for (const MemberRecord& member : judged.before.members) {
            event.gone.push_back(member.user);
        }
    } else if (change.leaver) {
        event.gone.push_back(*change.leaver);
    }
    const ChatKind kind = judged.before.chat.kind;
    event.is_assistant_off = change.settings && may_be_asked(kind, judged.before.chat.assistant) &&
                             !may_be_asked(kind, change.settings->assistant);
    store::publish(parts_.broadcast, contracts::topics::chat_changed, event);
}

void OneOfSeveral::on_told(const std::optional<contracts::ChangedEvent>& event) {
    if (!event) {
        parts_.cache.distrust();
        return;
    }
    if (event->origin == name_) {
        return;
    }
    parts_.cache.note_version(event->chat, event->version);
    for (const UserId& user : event->gone) {
        on_gone(event->chat, user);
    }
    if (event->is_assistant_off) {
        on_assistant_off(event->chat);
    }
    if (event->version == contracts::ChangedEvent::no_more) {
        on_closed(event->chat);
    }
}

void OneOfSeveral::on_gone(const ChatId& chat, const UserId& user) {
    parts_.rights.end(runtime::StandingRights::Member{chat, user});
    parts_.events.member_gone(chat, user);
}

void OneOfSeveral::on_assistant_off(const ChatId& chat) { parts_.events.assistant_off(chat); }

void OneOfSeveral::on_closed(const ChatId& chat) {
    parts_.events.chat_deleted(chat);
    parts_.heads.forget(chat);
    parts_.deletions.forget(chat);
}

// Twice while something may be used: who uses it does not wait.
Task<void> OneOfSeveral::keep_fresh() {
    for (;;) {
        co_await parts_.loop.sleep_for(age_max_ / 2);
        std::exception_ptr error;
        try {
            co_await parts_.cache.keep_fresh();
        } catch (const Failure&) {
            error = std::current_exception();
        }
        if (error) {
            log_warn({.service = "chat"}, "conversations in memory could not be compared",
                     {{"error", aio::describe(error)}});
        }
    }
}

Task<std::int64_t> OneOfSeveral::find_marker(Seat seat, std::int64_t known) {
    std::vector<ChatId> one{seat.chat};
    const auto places = co_await parts_.chats.list_places_in(seat.user, std::move(one));
    co_return places.empty() ? known : std::max(known, places.front().read_seq);
}

// With the text: another message under a client id that was used is another one, and may have been
// promised.
MessageId OneOfSeveral::name_message(const contracts::MessageRecord& record) const {
    std::string words{record.chat.view()};
    words += record.sender.id.view();
    words += std::to_string(record.client_id.size()) + ":";
    words += record.client_id;
    words += record.text;
    Uuid name = Uuid::from_bytes(std::string_view{net::jose::sha256(words)}.substr(0, 16));
    // As RFC 9562 marks an id of a form of its own (version 8).
    name.bytes[6] = static_cast<std::uint8_t>((name.bytes[6] & 0x0fU) | 0x80U);
    name.bytes[8] = static_cast<std::uint8_t>((name.bytes[8] & 0x3fU) | 0x80U);
    return MessageId{name};
}

}  // namespace loquat::chat
