#pragma once
#include "contracts/chat/membership.hpp"
#include "contracts/chat/message.hpp"

// Conversations, members and messages.  Failures: chat.not_found, chat.not_a_member,
// chat.forbidden, chat.owner_cannot_leave, chat.direct_is_fixed, chat.member_limit,
// message.not_found, message.too_long, message.empty, message.control_character,
// message.client_id_conflict, message.deleted, request.invalid.
namespace loquat::contracts {

enum class ChatKind { direct, group, assistant };
BOOST_DESCRIBE_ENUM(ChatKind, direct, group, assistant)
// Anyone may join a public room.
enum class Visibility { private_, public_ };
BOOST_DESCRIBE_ENUM(Visibility, private_, public_)
enum class MemberRole { owner, admin, member };
BOOST_DESCRIBE_ENUM(MemberRole, owner, admin, member)

// How an assistant answers in a conversation.
struct AssistantSettings {
    std::optional<std::string> model;
    std::optional<std::string> system_prompt;
    std::optional<double> temperature;
    std::optional<std::int32_t> max_tokens;
    // Whether it may be asked; null: yes, where there are settings.  Chat::assistant_may_be_asked
    // says what follows.
    std::optional<bool> enabled;

    static constexpr std::array<std::string_view, 4> nulls{"model", "system_prompt", "temperature",
                                                           "max_tokens"};
    static constexpr std::array fields{
        wire::Field{"model", 1, 128, ""},
        wire::Field{"system_prompt", 0, 16'000, ""},
        wire::Field{"temperature", 0, 2, ""},
        wire::Field{"max_tokens", 1, 1'000'000, ""},
    };
};
BOOST_DESCRIBE_STRUCT(AssistantSettings, (),
                      (model, system_prompt, temperature, max_tokens, enabled))

// What of it changes: what is left out stays, null takes it away.
struct AssistantChange {
    std::optional<std::optional<std::string>> model;
    std::optional<std::optional<std::string>> system_prompt;
    std::optional<std::optional<double>> temperature;
    std::optional<std::optional<std::int32_t>> max_tokens;
    std::optional<std::optional<bool>> enabled;

    static constexpr std::array fields = AssistantSettings::fields;
};
BOOST_DESCRIBE_STRUCT(AssistantChange, (), (model, system_prompt, temperature, max_tokens, enabled))

// My own place in a conversation.
struct ChatMe {
    MemberRole role = MemberRole::member;
    std::int64_t read_seq = 0;
    std::int64_t unread = 0;    // messages behind `read_seq` that are still there
    std::int64_t mentions = 0;  // those of them that mention me

    // Older versions do not say it.
    static constexpr std::array<std::string_view, 1> defaulted{"mentions"};
};
BOOST_DESCRIBE_STRUCT(ChatMe, (), (role, read_seq, unread, mentions))

// What I may do in a conversation now; everything else is refused.
struct ChatRights {
    bool send = false;  // also edit my own messages, and ask the assistant where it may be asked
    bool moderate = false;  // delete messages of others
    bool change = false;    // title, visibility, archive, assistant
    bool invite = false;
    bool remove = false;        // members below me: the owner everybody, admins plain members
    bool change_roles = false;  // also hand over the ownership
    bool join = false;
    bool leave = false;
    bool destroy = false;
};
BOOST_DESCRIBE_STRUCT(ChatRights, (),
                      (send, moderate, change, invite, remove, change_roles, join, leave, destroy))

struct Chat {
    ChatId id;
    ChatKind kind = ChatKind::group;
    std::string title;  // of a direct chat: the other person's name
    Visibility visibility = Visibility::private_;
    Time created_at;
    Time updated_at;
    bool archived = false;
    std::int64_t last_seq = 0;
    std::int64_t member_count = 0;
    std::optional<ChatMe> me;        // null when I only look at a public room
    std::optional<PublicUser> peer;  // of a direct chat: the other person
    std::optional<AssistantSettings> assistant;
    bool assistant_may_be_asked = false;  // by me, now: with a mention or a question
    ChatRights may;
    // Of a message, in characters (code points), line ends counted as one.
    std::int64_t text_characters_max = 16'000;
    std::optional<Message> last_message;

    static constexpr std::array<std::string_view, 4> nulls{"me", "peer", "assistant",
                                                           "last_message"};
    // Older versions do not say it.
    static constexpr std::array<std::string_view, 3> defaulted{"assistant_may_be_asked", "may",
                                                               "text_characters_max"};
};
BOOST_DESCRIBE_STRUCT(Chat, (),
                      (id, kind, title, visibility, created_at, updated_at, archived, last_seq,
                       member_count, me, peer, assistant, assistant_may_be_asked, may,
                       text_characters_max, last_message))

struct CreateChatRequest {
    ChatKind kind = ChatKind::group;
    std::string title;
    Visibility visibility = Visibility::private_;
    std::vector<UserId> member_ids;
    std::optional<AssistantSettings> assistant;

    static constexpr std::array<std::string_view, 3> defaulted{"title", "visibility", "member_ids"};
    static constexpr std::array fields{
        wire::Field{"title", 0, 120, "Needed for a group."},
        wire::Field{.name = "visibility", .doc = "Anyone may join a public room."},
        wire::Field{"member_ids", 0, 1000, "Besides oneself; exactly one for a direct chat."},
    };
};
BOOST_DESCRIBE_STRUCT(CreateChatRequest, (), (kind, title, visibility, member_ids, assistant))

struct ListChatsRequest {
    std::optional<ChatKind> kind;
    std::optional<bool> archived;
    std::optional<std::string> query;
    std::int32_t limit = 50;
    std::optional<std::string> cursor;

    static constexpr std::array<std::string_view, 1> defaulted{"limit"};
    static constexpr std::array fields{wire::Field{"query", 0, 120, ""},
                                       wire::Field{"limit", 1, 200, ""}, cursor_field};
};
BOOST_DESCRIBE_STRUCT(ListChatsRequest, (), (kind, archived, query, limit, cursor))

struct ListPublicRequest {
    std::optional<std::string> query;
    std::int32_t limit = 50;
    std::optional<std::string> cursor;

    static constexpr std::array<std::string_view, 1> defaulted{"limit"};
    static constexpr std::array fields{wire::Field{"query", 0, 120, ""},
                                       wire::Field{"limit", 1, 200, ""}, cursor_field};
};
BOOST_DESCRIBE_STRUCT(ListPublicRequest, (), (query, limit, cursor))

struct ChatRef {
    ChatId id;
};
BOOST_DESCRIBE_STRUCT(ChatRef, (), (id))

struct UpdateChatRequest {
    ChatId id;
    std::optional<std::string> title;
    std::optional<Visibility> visibility;
    std::optional<bool> archived;
    std::optional<std::optional<AssistantChange>> assistant;

    static constexpr std::array fields{
        wire::Field{"title", 1, 120, ""},
        wire::Field{.name = "assistant", .doc = "Null takes all settings away."}};
};
BOOST_DESCRIBE_STRUCT(UpdateChatRequest, (), (id, title, visibility, archived, assistant))

struct Member {
    PublicUser user;
    MemberRole role = MemberRole::member;
    Time joined_at;
    std::int64_t read_seq = 0;
};
BOOST_DESCRIBE_STRUCT(Member, (), (user, role, joined_at, read_seq))

struct ListMembersRequest {
    ChatId id;
    std::int32_t limit = 50;
    std::optional<std::string> cursor;

    static constexpr std::array<std::string_view, 1> defaulted{"limit"};
    static constexpr std::array fields{wire::Field{"limit", 1, 200, ""}, cursor_field};
};
BOOST_DESCRIBE_STRUCT(ListMembersRequest, (), (id, limit, cursor))

struct PutMemberRequest {
    ChatId id;
    UserId user_id;
    MemberRole role = MemberRole::member;

    static constexpr std::array<std::string_view, 1> defaulted{"role"};
};
BOOST_DESCRIBE_STRUCT(PutMemberRequest, (), (id, user_id, role))

struct MemberRef {
    ChatId id;
    UserId user_id;
};
BOOST_DESCRIBE_STRUCT(MemberRef, (), (id, user_id))

struct ReadRequest {
    ChatId id;
    std::int64_t seq = 0;
    static constexpr std::array fields{wire::Field{"seq", 0}};
};
BOOST_DESCRIBE_STRUCT(ReadRequest, (), (id, seq))

// What an edge needs to follow a person's conversations.
struct ChatPlace {
    ChatId id;
    std::int64_t last_seq = 0;
    std::int64_t read_seq = 0;
    std::vector<std::int64_t> deleted_seqs;  // behind `read_seq`, ascending: not unread
    std::vector<std::int64_t> mention_seqs;  // behind `read_seq`, ascending: they mention me

    static constexpr std::array<std::string_view, 2> defaulted{"deleted_seqs", "mention_seqs"};
};
BOOST_DESCRIBE_STRUCT(ChatPlace, (), (id, last_seq, read_seq, deleted_seqs, mention_seqs))

struct ChatPlaces {
    std::vector<ChatPlace> items;
};
BOOST_DESCRIBE_STRUCT(ChatPlaces, (), (items))

// queued -> streaming -> succeeded | failed | canceled; queued -> failed | canceled.
enum class GenerationState { queued, streaming, succeeded, failed, canceled };
BOOST_DESCRIBE_ENUM(GenerationState, queued, streaming, succeeded, failed, canceled)

// An answer of an assistant that has not ended.
struct LiveGeneration {
    std::string generationId;
    UserId user_id;  // who asked
    std::string model;
    GenerationState state = GenerationState::queued;
    std::optional<std::int64_t> queue_position;  // while queued: 1 is the next one
    std::string text;                            // so far: all deltas up to `event_id`
    std::int64_t event_id = 0;                   // the last event that was told; 0 before the first

    static constexpr std::array<std::string_view, 1> nulls{"queue_position"};
};
BOOST_DESCRIBE_STRUCT(LiveGeneration, (),
                      (generationId, user_id, model, state, queue_position, text, event_id))

struct Subscribable {
    std::int64_t head_seq = 0;
    MemberRole role = MemberRole::member;
    std::vector<LiveGeneration> generations;  // oldest first

    static constexpr std::array<std::string_view, 1> defaulted{"generations"};
};
BOOST_DESCRIBE_STRUCT(Subscribable, (), (head_seq, role, generations))

class ChatApi {
  public:
    virtual ~ChatApi() = default;

    virtual Task<Reply<Chat>> create_chat(Caller caller, CreateChatRequest request) = 0;
    virtual Task<Page<Chat>> list_chats(Caller caller, ListChatsRequest request) = 0;
    virtual Task<Page<Chat>> list_public_chats(Caller caller, ListPublicRequest request) = 0;
    virtual Task<Chat> get_chat(Caller caller, ChatRef request) = 0;
    virtual Task<Chat> update_chat(Caller caller, UpdateChatRequest request) = 0;
    virtual Task<void> delete_chat(Caller caller, ChatRef request) = 0;
    virtual Task<void> join_chat(Caller caller, ChatRef request) = 0;
    virtual Task<void> leave_chat(Caller caller, ChatRef request) = 0;
    virtual Task<Page<Member>> list_members(Caller caller, ListMembersRequest request) = 0;
    virtual Task<Member> put_member(Caller caller, PutMemberRequest request) = 0;
    virtual Task<void> remove_member(Caller caller, MemberRef request) = 0;

    // 201 stored, 200 the same again, 202 (seq null) when the log has it but the store did not
    // answer in a second.
    virtual Task<Reply<Message>> post_message(Caller caller, PostMessageRequest request) = 0;
    virtual Task<MessagePage> list_messages(Caller caller, ListMessagesRequest request) = 0;
    virtual Task<Message> edit_message(Caller caller, EditMessageRequest request) = 0;
    virtual Task<Message> delete_message(Caller caller, MessageRef request) = 0;
    virtual Task<void> put_read(Caller caller, ReadRequest request) = 0;
    virtual Task<void> post_typing(Caller caller, ChatRef request) = 0;

    // For the edge, on behalf of `caller.user`.  Returns when it is durable; its seq comes later.
    virtual Task<Accepted> accept_message(Caller caller, PostMessageRequest request) = 0;
    // The same for several at once: one wait for all of them.
    virtual Task<AcceptedMessages> accept_messages(Caller caller,
                                                   AcceptMessagesRequest request) = 0;
    // For commands: messages of many senders with one wait.  One that is refused (invalid, or a
    // conflict) holds up nothing; everything else fails the call, which may be made again.
    virtual Task<ImportedMessages> import_messages(Caller caller,
                                                   ImportMessagesRequest request) = 0;
    // Throws chat.not_found unless the caller may follow the conversation.
    virtual Task<Subscribable> check_subscription(Caller caller, ChatRef request) = 0;
    virtual Task<ChatPlaces> list_places(Caller caller, Empty request) = 0;
    // Those of `user_ids` who share a conversation with the caller now.
    virtual Task<PeerIds> filter_peers(Caller caller, PeopleRequest request) = 0;
    // All conversations of each; in the order asked for.
    virtual Task<MembershipList> list_memberships(Caller caller, PeopleRequest request) = 0;
    // Everything after `request` that was acknowledged before the call.  What was read of
    // memberships at any time after `request` is right once these are applied to it.
    virtual Task<MembershipChanges> list_membership_changes(Caller caller,
                                                            MembershipMark request) = 0;
};

template <>
struct Table<ChatApi> {
    static constexpr std::string_view service = "chat";
    static constexpr std::size_t message_body_bytes_max = 256 * 1024;
    static constexpr std::tuple routes{
        Route<&ChatApi::create_chat>{{.method = "POST",
                                      .path = "/api/chats",
                                      .summary = "Create a conversation",
                                      .status = 201,
                                      .takes_idempotency_key = true}},
        Route<&ChatApi::list_chats>{{.method = "GET",
                                     .path = "/api/chats",
                                     .summary = "My conversations, newest activity first"}},
        Route<&ChatApi::list_public_chats>{{.method = "GET",
                                            .path = "/api/chats/public",
                                            .summary = "Rooms that anyone may join"}},
        Route<&ChatApi::get_chat>{
            {.method = "GET", .path = "/api/chats/{id}", .summary = "A conversation"}},
        Route<&ChatApi::update_chat>{{.method = "PATCH",
                                      .path = "/api/chats/{id}",
                                      .summary = "Change title, visibility, archive or assistant"}},
        Route<&ChatApi::delete_chat>{{.method = "DELETE",
                                      .path = "/api/chats/{id}",
                                      .summary = "Delete a conversation (its owner)"}},
        Route<&ChatApi::join_chat>{
            {.method = "POST", .path = "/api/chats/{id}/join", .summary = "Join a public room"}},
        Route<&ChatApi::leave_chat>{
            {.method = "POST", .path = "/api/chats/{id}/leave", .summary = "Leave a room"}},
        Route<&ChatApi::list_members>{
            {.method = "GET", .path = "/api/chats/{id}/members", .summary = "Who is in"}},
        Route<&ChatApi::put_member>{{.method = "PUT",
                                     .path = "/api/chats/{id}/members/{user_id}",
                                     .summary = "Invite a person or change their role"}},
        Route<&ChatApi::remove_member>{{.method = "DELETE",
                                        .path = "/api/chats/{id}/members/{user_id}",
                                        .summary = "Remove a person"}},
        Route<&ChatApi::post_message>{{.method = "POST",
                                       .path = "/api/chats/{id}/messages",
                                       .summary = "Send a message",
                                       .status = 201,
                                       .body_bytes_max = message_body_bytes_max}},
        Route<&ChatApi::list_messages>{{.method = "GET",
                                        .path = "/api/chats/{id}/messages",
                                        .summary = "History by sequence number"}},
        Route<&ChatApi::edit_message>{{.method = "PATCH",
                                       .path = "/api/chats/{id}/messages/{message_id}",
                                       .summary = "Edit my message",
                                       .body_bytes_max = message_body_bytes_max}},
        Route<&ChatApi::delete_message>{{.method = "DELETE",
                                         .path = "/api/chats/{id}/messages/{message_id}",
                                         .summary = "Delete a message"}},
        Route<&ChatApi::put_read>{
            {.method = "PUT", .path = "/api/chats/{id}/read", .summary = "Move my read marker"}},
        Route<&ChatApi::post_typing>{{.method = "POST",
                                      .path = "/api/chats/{id}/typing",
                                      .summary = "Say that I am typing"}},
        Route<&ChatApi::accept_message>{{.method = "POST",
                                         .path = "/internal/chats/{id}/messages",
                                         .summary = "Accept a message durably",
                                         .access = Access::internal,
                                         .body_bytes_max = message_body_bytes_max}},
        Route<&ChatApi::accept_messages>{{.method = "POST",
                                          .path = "/internal/messages",
                                          .summary = "Accept messages durably, in order",
                                          .access = Access::internal,
                                          .body_bytes_max = 16 << 20}},
        Route<&ChatApi::import_messages>{{.method = "POST",
                                          .path = "/internal/imports",
                                          .summary = "Accept messages of many senders durably",
                                          .access = Access::internal,
                                          .body_bytes_max = 16 << 20}},
        Route<&ChatApi::check_subscription>{{.method = "GET",
                                             .path = "/internal/chats/{id}/subscription",
                                             .summary = "May the caller follow it",
                                             .access = Access::internal}},
        Route<&ChatApi::list_places>{{.method = "GET",
                                      .path = "/internal/places",
                                      .summary = "The caller's conversations and markers",
                                      .access = Access::internal}},
        Route<&ChatApi::filter_peers>{
            {.method = "POST",
             .path = "/internal/peers",
             .summary = "Who of them shares a conversation with the caller",
             .access = Access::internal,
             .repeat = Repeat::safe}},
        Route<&ChatApi::list_memberships>{{.method = "POST",
                                           .path = "/internal/memberships",
                                           .summary = "The conversations of these people",
                                           .access = Access::internal,
                                           .repeat = Repeat::safe}},
        Route<&ChatApi::list_membership_changes>{{.method = "POST",
                                                  .path = "/internal/memberships/changes",
                                                  .summary = "Who came into and left conversations",
                                                  .access = Access::internal,
                                                  .repeat = Repeat::safe}},
    };
};

std::vector<Operation> chat_operations();

}  // namespace loquat::contracts
