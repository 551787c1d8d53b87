#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aio/task.hpp"
#include "contracts/auth/users.hpp"
#include "contracts/chat/membership.hpp"
#include "contracts/core/caller.hpp"
#include "services/chat/domain/chat_change.hpp"
#include "services/chat/domain/cursor.hpp"
#include "services/chat/domain/records.hpp"

// What the chat service needs besides the log, the messages and the broadcast of store/.
namespace loquat::chat {

// A conversation to be made, and what makes doing it twice harmless.
struct NewChat {
    ChatRecord chat;
    std::vector<MemberRecord> members;  // the creator is among them
    UserId creator;
    std::string creation_key;        // of the creator, its operation before it; empty: none
    std::uint64_t request_hash = 0;  // of the request that carries the key
    std::int64_t chats_per_user_max = 10'000;
};

// An Idempotency-Key as it was given: of one person for one operation.
struct RequestKey {
    UserId user;
    std::string operation;
    std::string key;
    std::uint64_t request_hash = 0;  // of the whole request
};

struct Claim {
    bool is_same = true;  // false: another request has the key
    // What the request does is done under this name; the same for each repeat.
    Uuid name;
};

enum class CreateOutcome {
    created,
    pair_exists,   // `chat` is the direct chat of these two
    key_known,     // `chat` was made by the same request before
    key_conflict,  // the key was used by another request
    chat_limit,    // `user` is in as many conversations as one can be; nothing was made
};

struct Created {
    CreateOutcome outcome = CreateOutcome::created;
    ChatId chat;
    UserId user;
};

struct ChatVersion {
    ChatId chat;
    std::int64_t version = 0;
};

struct RoomQuery {
    std::string folded_query;  // part of folded_title; empty: all
    std::optional<TitleCursor> after;
    std::size_t limit = 50;
};

// A page of a person's conversations by newest activity, then by id.
struct PlaceQuery {
    UserId user;
    std::optional<ChatKind> kind;
    std::optional<bool> is_archived;
    std::optional<ActivityCursor> after;
    std::size_t limit = 50;
    // Looked for as well, wherever they stand: the caller knows of newer activity.
    std::vector<ChatId> also;
};

// What happened in a conversation since it was last written down.
struct Progress {
    struct Activity {
        ChatId chat;
        Time at{};
    };
    struct Marker {
        Seat seat;
        std::int64_t read_seq = 0;
    };
    std::vector<Activity> activities;
    std::vector<Marker> markers;
};

// Conversations and their members; each method is one transaction.  Changes of what is not there
// change nothing.  Fails as store/sql/database.hpp says.
class ChatStore {
  public:
    static constexpr std::size_t list_max = 500;
    // Larger conversations are looked at for every list, wherever they stand.
    static constexpr std::size_t listed_members_max = 16;
    // A person's oldest keys beyond it are forgotten before their time.
    static constexpr std::int64_t keys_per_user_max = 10'000;

    virtual ~ChatStore() = default;

    virtual Task<Created> create(NewChat chat) = 0;
    virtual Task<std::optional<LoadedChat>> load(ChatId chat) = 0;
    // In the order asked for, without those that are not there; at most list_max.
    virtual Task<std::vector<ChatRecord>> list_by_id(std::vector<ChatId> chats) = 0;
    // All of a person's, in any order.
    virtual Task<std::vector<Place>> list_places(UserId user) = 0;
    // Of all conversations; the beginning of time without any.
    virtual Task<Time> find_newest_activity() = 0;
    // Those of the page, those of `also` that the person is in, and perhaps others; each once, in
    // any order.  What it reads grows with the page and with the large conversations of the person.
    virtual Task<std::vector<Place>> list_page(PlaceQuery query) = 0;
    // Of `chats`, those that the person is in, in any order; at most list_max.
    virtual Task<std::vector<Place>> list_places_in(UserId user, std::vector<ChatId> chats) = 0;
    // Public rooms that are not archived, by title without case, then by id.
    virtual Task<std::vector<ChatRecord>> list_rooms(RoomQuery query) = 0;
    // Those of `others` who are in a conversation with `user`, in their order.
    virtual Task<std::vector<UserId>> filter_peers(UserId user, std::vector<UserId> others) = 0;
    // The conversations of each, in the order asked for.
    virtual Task<std::vector<std::vector<ChatId>>> list_memberships(std::vector<UserId> users) = 0;

    // Locks the conversation, reads it, asks the judge, and does what it says; none when there is
    // no such conversation.  What the judge throws leaves all as it was, and reaches the caller, as
    // does chat.limit for a newcomer who is in too many.
    virtual Task<std::optional<Judged>> change(ChatId chat, Proposal proposal) = 0;
    // Of those that are there, in any order; at most list_max.
    virtual Task<std::vector<ChatVersion>> list_versions(std::vector<ChatId> chats) = 0;
    // The latest changes of memberships by all who change them here; kept where they are shared.
    virtual Task<contracts::MembershipChanges> list_membership_changes(
        contracts::MembershipMark mark) = 0;

    // Only forward, both.
    virtual Task<void> move_marker(Seat seat, std::int64_t read_seq) = 0;
    virtual Task<void> save_progress(Progress progress) = 0;
    // What a creation key has made.
    virtual Task<std::optional<ChatId>> find_creation(UserId user, std::string creation_key) = 0;
    // The first one of a key has it until it is forgotten.
    virtual Task<Claim> claim_key(RequestKey key, Time at) = 0;
    // Keys older than `before`.
    virtual Task<void> forget_keys(Time before) = 0;
};

// Names of people.  Fails with upstream.unavailable, upstream.timeout.
class Directory {
  public:
    static constexpr std::size_t ids_max = 1000;

    virtual ~Directory() = default;
    // Those that exist, in any order; at most ids_max.
    virtual Task<std::vector<contracts::PublicUser>> list_users(std::vector<UserId> ids) = 0;
    // Removed people who have not left their conversations yet, or whose messages are not erased
    // yet, some at a time.
    struct Leaver {
        UserId user;
        contracts::RemovedMessages messages = contracts::RemovedMessages::keep;
    };
    virtual Task<std::vector<Leaver>> list_leaving() = 0;
    virtual Task<void> note_left(UserId user) = 0;
};

// Answers that are being written, as the conversations see them.
class LiveAnswers {
  public:
    virtual ~LiveAnswers() = default;
    // That this instance writes, oldest first.
    virtual std::vector<contracts::LiveGeneration> list_live(const ChatId& chat) const = 0;
    // That others write, oldest first, as far as readers were shown them.
    virtual Task<std::vector<contracts::LiveGeneration>> list_elsewhere(ChatId chat) = 0;
};

// Which models a conversation may choose.
class ModelChoice {
  public:
    virtual ~ModelChoice() = default;
    // Throws model.unknown for one that cannot be chosen.  While models cannot be asked for, all
    // can.
    virtual Task<void> check_model(std::string model) = 0;
};

// In which currency prices are.
class Currency {
  public:
    virtual ~Currency() = default;
    // None while no model has a price.  Fails as the model service does.
    virtual Task<std::optional<std::string>> find(contracts::Caller caller) = 0;
};

}  // namespace loquat::chat
