#pragma once
#include <memory>
#include <string>
#include <vector>

#include "aio/keyed_mutex.hpp"
#include "aio/scope.hpp"
#include "base/clock.hpp"
#include "contracts/chat/chat.hpp"
#include "runtime/audit_trail.hpp"
#include "runtime/standing_rights.hpp"
#include "services/chat/cache/deletions.hpp"
#include "services/chat/cache/heads.hpp"
#include "services/chat/cache/people.hpp"
#include "services/chat/cache/repeats.hpp"
#include "services/chat/cache/rooms.hpp"
#include "services/chat/cache/unsaved.hpp"
#include "services/chat/config.hpp"
#include "services/chat/conversations/announcer.hpp"
#include "services/chat/conversations/membership_feed.hpp"
#include "services/chat/domain/activity.hpp"
#include "services/chat/messages/outcomes.hpp"
#include "services/chat/metrics.hpp"
#include "services/chat/ports.hpp"
#include "store/log/event_log.hpp"

namespace loquat::chat {

using contracts::Caller;
using contracts::Reply;

// A record that the consumer refused, as the caller's failure.
[[noreturn]] void throw_refused(const contracts::Outcome& outcome);

// Answers that are being written, as the conversations see them.
class LiveAnswers {
  public:
    virtual ~LiveAnswers() = default;
    // Oldest first.
    virtual std::vector<contracts::LiveGeneration> list_live(const ChatId& chat) const = 0;
    // Throws model.unknown for one that cannot be chosen.  While models cannot be asked for, all
    // can.
    virtual Task<void> check_model(std::string model) = 0;
    virtual void on_chat_deleted(const ChatId& chat) = 0;
    virtual void on_member_gone(const ChatId& chat, const UserId& user) = 0;
    virtual void on_assistant_off(const ChatId& chat) = 0;
    // Every stored change; the same one may come twice.
    virtual void on_stored(const contracts::StoredEvent& event) = 0;
};

// The use cases, on one loop.  Failures as contracts/chat/chat.hpp and domain/ say, and those of
// the ports. conversations.cpp, keys.cpp, membership.cpp, messages.cpp, changes.cpp, peers.cpp and
// reading.cpp each hold a part.
class Chat final : public contracts::ChatApi {
  public:
    struct Ports {
        ChatStore& chats;
        Directory& directory;
        store::EventLog& log;
        store::MessageStore& messages;
        store::Broadcast& broadcast;
        const Clock& clock;
        aio::Loop& loop;
        ChatMetrics& metrics;
        runtime::AuditTrail& audit;
        runtime::StandingRights& rights;
    };

    Chat(Ports ports, const ChatConfig& config);

    // Before the first call: listens to what is stored, and writes progress down from time to time.
    void start();
    // Before `start`: the places that conversations have in lists, of a process before.
    Task<void> recall_activity();
    // Lets those who wait for the store go, then writes down what is left.  Nobody calls after it.
    Task<void> stop(Steady deadline);

    // The answers of assistants, which live beside the conversations; null: there are none.
    void join(LiveAnswers* answers) { answers_ = answers; }
    // The conversation for somebody who wants to do something there; throws as `require`.
    Task<RoomPtr> enter(ChatId chat, UserId user, Action action);
    // A conversation with an assistant, made once for a key that is not a client's; empty: none.
    Task<ChatId> create_chat_for(Caller caller, std::string creation_key);
    Task<std::optional<ChatId>> find_creation(UserId user, std::string creation_key);
    // The name under which what a keyed request does is done once.  Throws
    // `request.idempotency_conflict` when another request has the key.
    Task<Uuid> claim_key(RequestKey key);
    // Names in what is told or read of conversations.
    People& people() { return people_; }
    // There is no title, or one made of the question alone.
    Task<bool> wants_title(ChatId chat);
    // A title made by itself: never replaces one that was given.
    Task<void> name_chat(ChatId chat, std::string title);

    Task<Reply<contracts::Chat>> create_chat(Caller caller,
                                             contracts::CreateChatRequest request) override;
    Task<contracts::Page<contracts::Chat>> list_chats(Caller caller,
                                                      contracts::ListChatsRequest request) override;
    Task<contracts::Page<contracts::Chat>> list_public_chats(
        Caller caller, contracts::ListPublicRequest request) override;
    Task<contracts::Chat> get_chat(Caller caller, contracts::ChatRef request) override;
    Task<contracts::Chat> update_chat(Caller caller, contracts::UpdateChatRequest request) override;
    Task<void> delete_chat(Caller caller, contracts::ChatRef request) override;

    Task<void> join_chat(Caller caller, contracts::ChatRef request) override;
    Task<void> leave_chat(Caller caller, contracts::ChatRef request) override;
    Task<contracts::Page<contracts::Member>> list_members(
        Caller caller, contracts::ListMembersRequest request) override;
    Task<contracts::Member> put_member(Caller caller, contracts::PutMemberRequest request) override;
    Task<void> remove_member(Caller caller, contracts::MemberRef request) override;

    Task<Reply<contracts::Message>> post_message(Caller caller,
                                                 contracts::PostMessageRequest request) override;
    Task<contracts::AcceptedMessages> accept_messages(
        Caller caller, contracts::AcceptMessagesRequest request) override;
    Task<contracts::ImportedMessages> import_messages(
        Caller caller, contracts::ImportMessagesRequest request) override;
    Task<contracts::Accepted> accept_message(Caller caller,
                                             contracts::PostMessageRequest request) override;
    Task<contracts::Message> edit_message(Caller caller,
                                          contracts::EditMessageRequest request) override;
    Task<contracts::Message> delete_message(Caller caller, contracts::MessageRef request) override;

    Task<contracts::MessagePage> list_messages(Caller caller,
                                               contracts::ListMessagesRequest request) override;
    Task<void> put_read(Caller caller, contracts::ReadRequest request) override;
    Task<void> post_typing(Caller caller, contracts::ChatRef request) override;
    Task<contracts::Subscribable> check_subscription(Caller caller,
                                                     contracts::ChatRef request) override;
    Task<contracts::ChatPlaces> list_places(Caller caller, contracts::Empty request) override;
    Task<contracts::PeerIds> filter_peers(Caller caller, contracts::PeopleRequest request) override;
    Task<contracts::MembershipList> list_memberships(Caller caller,
                                                     contracts::PeopleRequest request) override;
    Task<contracts::MembershipChanges> list_membership_changes(
        Caller caller, contracts::MembershipMark request) override;

  private:
    using ConversationLock = aio::KeyedMutex<ChatId>::Lock;
    // A message ready to be appended, or known to be durable already.
    struct Draft {
        contracts::MessageRecord record;
        RepeatKey repeat_key;
        std::uint64_t text_hash = 0;
        bool is_durable = false;
    };
    struct Listed {
        ChatRecord chat;
        std::optional<MemberRecord> me;
    };

    // conversations.cpp
    NewChat make_new_chat(const Caller& caller, const contracts::CreateChatRequest& request);
    Task<Reply<contracts::Chat>> create(Caller caller, contracts::CreateChatRequest request,
                                        NewChat made);
    Task<void> check_people(std::vector<UserId> users);
    Task<std::vector<Place>> page_of_places(UserId user, contracts::ListChatsRequest request);
    Task<std::vector<Place>> choose_places(UserId user, contracts::ListChatsRequest request);
    Task<std::vector<std::optional<contracts::Message>>> show_last(
        const std::vector<Listed>& listed, const std::vector<store::Head>& heads);
    Task<std::vector<MentionSeqs>> find_unread_mentions(const std::vector<Listed>& listed,
                                                        UserId user,
                                                        const std::vector<store::Head>& heads);
    Task<std::vector<contracts::Chat>> view_all(std::vector<Listed> listed, UserId user);
    Task<contracts::Chat> view(RoomPtr room, UserId user);

    // What a caller did to a conversation, to `subject` in it, or to the conversation itself.
    void audit(const Caller& caller, std::string_view action, ChatId chat,
               std::optional<Uuid> subject = std::nullopt);

    // membership.cpp
    Task<void> add_member(RoomPtr room, UserId user, MemberRole role);
    Task<void> drop_member(RoomPtr room, UserId user);
    Task<void> change_role(RoomPtr room, UserId actor, contracts::PutMemberRequest request);
    Task<void> leave(RoomPtr room, Caller caller);
    Task<void> destroy(RoomPtr room);

    // departures.cpp
    void on_users(store::Notice notice, const store::Payload& payload);
    Task<void> retitle_directs(UserId user);
    Task<void> remove_people();
    Task<void> remove_leaving();
    Task<void> remove_from_all(UserId user);
    Task<void> depart(ChatId chat, UserId user);
    Task<void> pass_on(RoomPtr room, UserId user);

    // erasing.cpp
    Task<void> wait_for_store();
    Task<void> erase(const contracts::Sender& author, std::vector<store::Scanned::Found> messages,
                     contracts::Authority authority);
    Task<std::size_t> erase_written(const contracts::Sender& author);
    Task<void> erase_conversation(ChatId chat, const contracts::Sender& author);
    Task<contracts::Sender> removed_author(UserId user);
    Task<void> erase_own_conversations(UserId user);
    Task<void> erase_messages(UserId user);

    // messages.cpp
    // Who says whether a client id was used before: the consumer tells who waits for the outcome;
    // for who is answered once it is durable it must be known before.
    enum class KnowsRepeats : std::uint8_t { consumer, here };
    Task<void> check_model(std::optional<std::string> model);
    Task<Draft> make_draft(const Caller& caller, contracts::PostMessageRequest request,
                           KnowsRepeats knows);
    Task<void> recall_repeat(const Draft& draft);
    bool is_remembered_whole(const ChatId& chat);
    Task<void> append_draft(Draft& draft);
    Task<void> append_drafts(std::vector<Draft>& drafts, contracts::AcceptMode mode);
    Task<Reply<contracts::Message>> wait_for_message(Outcomes::Ticket& ticket, Draft draft,
                                                     Steady deadline);
    Task<void> append(const contracts::MessageRecord& record);
    Task<contracts::Sender> sender_of(const Caller& caller);
    Task<std::vector<UserId>> resolve_mentions(const std::string& text, ChatId chat);
    Task<Room::Names> load_names(RoomPtr room);
    Task<void> check_reply(ChatId chat, MessageId reply_to);

    // changes.cpp
    Task<contracts::StoredMessage> get_stored(ChatId chat, MessageId id);
    Task<contracts::Message> apply_change(contracts::MessageRecord record, Steady deadline);

    void on_notice(store::Notice notice, const store::Payload& payload);
    void on_stored(const contracts::StoredEvent& event);
    // naming.cpp
    void name_by_question(const Room& room, const contracts::StoredEvent& event);
    Task<void> change_title(ChatId chat, std::string title, std::int64_t title_seq);
    Task<void> keep_saving();
    void measure_caches();
    Steady store_deadline(const Caller& caller) const;

    Ports ports_;
    ChatConfig config_;
    Unsaved unsaved_;
    Rooms rooms_;
    aio::KeyedMutex<ChatId>
        changes_;  // whoever changes a conversation or its members holds its turn
    Heads heads_;
    Deletions deletions_;
    People people_;
    Repeats repeats_;
    Time began_at_;
    Outcomes outcomes_;
    Announcer announcer_;
    MembershipFeed membership_feed_;
    LruCache<Seat, Steady> typing_;
    LiveAnswers* answers_ = nullptr;
    Activity activity_;
    std::uint64_t removals_told_ = 0;
    bool is_removing_ = false;
    store::Subscription stored_;
    store::Subscription users_;
    aio::Scope scope_;
};

}  // namespace loquat::chat
