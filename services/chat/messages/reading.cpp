#include "services/chat/messages/reading.hpp"

#include <algorithm>

#include "services/chat/domain/failures.hpp"

namespace loquat::chat {
namespace {

constexpr std::size_t typing_max = 50'000;

}  // namespace

Reading::Reading(Parts parts) : parts_(parts), typing_(typing_max) {}

Task<contracts::MessagePage> Reading::list_messages(contracts::Caller caller,
                                                    contracts::ListMessagesRequest request) {
    co_await parts_.cache.get(request.id, caller.user_id(), Action::read);
    if (request.before_seq && request.after_seq) {
        throw invalid_field("after_seq", "not_both", "cannot be given together with before_seq");
    }
    store::PageQuery query;
    query.chat = request.id;
    query.before_seq = request.before_seq;
    query.after_seq = request.after_seq;
    query.limit = static_cast<std::size_t>(request.limit);
    store::Page stored = co_await parts_.messages.page(std::move(query));
    contracts::MessagePage page;
    page.head_seq = stored.head_seq;
    if (!stored.items.empty()) {
        page.first_seq = stored.items.front().seq;
        page.last_seq = stored.items.back().seq;
    }
    page.items = co_await parts_.people.show_all(std::move(stored.items));
    co_return page;
}

Task<void> Reading::put_read(contracts::Caller caller, contracts::ReadRequest request) {
    const UserId user = caller.user_id();
    const ConversationPtr conversation = co_await parts_.cache.get(request.id, user, Action::read);
    const DeletedMessages::Meanwhile deletions{parts_.deletions};
    store::Head head = co_await parts_.heads.find(request.id);
    if (request.seq > head.last_seq) {
        head = co_await parts_.heads.load(request.id);
    }
    const DeletedSeqs deleted = co_await parts_.deletions.find(request.id);
    const std::int64_t seq = std::min(request.seq, head.last_seq);
    if (const MemberRecord* member = conversation->find(user);
        member == nullptr || seq <= member->read_seq) {
        co_return;
    }
    const store::MentionQuery behind{request.id, user, seq};
    const MentionSeqs mentions = co_await load_mentions(parts_.messages, behind, head.last_seq);
    co_await parts_.chats.move_marker(Seat{request.id, user}, seq);
    MemberRecord* member = conversation->find(user);
    if (member == nullptr || seq <= member->read_seq) {
        co_return;  // removed, or overtaken by a later marker
    }
    member->read_seq = seq;
    parts_.publisher.read(
        *conversation, *member,
        count_unread(head.last_seq, seq, *deletions.now(request.id, deleted), mentions),
        parts_.config.receipts_members_max);
}

Task<void> Reading::post_typing(contracts::Caller caller, contracts::ChatRef request) {
    const UserId user = caller.user_id();
    co_await parts_.cache.get(request.id, user, Action::send);
    const Seat seat{request.id, user};
    const Steady now = parts_.clock.steady();
    const Steady* last = typing_.find(seat);
    if (last != nullptr && now - *last < parts_.config.typing_interval_ms) {
        co_return;
    }
    typing_.put(seat, now);
    parts_.publisher.typing(request.id, user);
}

// The head comes from the store: the edge replays up to it and takes what follows live, so it may
// not be a moment old.
Task<contracts::Subscribable> Reading::check_subscription(contracts::Caller caller,
                                                          contracts::ChatRef request) {
    const UserId user = caller.user_id();
    ConversationPtr conversation = co_await parts_.cache.get(request.id, user, Action::read);
    const store::Head head = co_await parts_.heads.load(request.id);
    auto generations = co_await parts_.answers.list_elsewhere(request.id);
    // Asked again: the person may have been removed meanwhile.
    conversation = co_await parts_.cache.get(request.id, user, Action::read);
    contracts::Subscribable answer{head.last_seq, conversation->find(user)->role, {}};
    answer.generations = parts_.answers.list_live(request.id);
    std::ranges::move(generations, std::back_inserter(answer.generations));
    co_return answer;
}

Task<contracts::ChatPlaces> Reading::list_places(contracts::Caller caller) {
    const UserId user = caller.user_id();
    auto places = co_await parts_.chats.list_places(user);
    parts_.unsaved.merge_into(places, user);
    std::vector<ChatId> chats;
    for (const Place& place : places) {
        chats.push_back(place.chat);
    }
    const DeletedMessages::Meanwhile deletions{parts_.deletions};
    const auto deleted = co_await parts_.deletions.find_all(chats);
    const auto heads = co_await parts_.heads.find_all(std::move(chats));
    std::vector<store::MentionQuery> queries;
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (places[i].read_seq < heads[i].last_seq) {
            queries.push_back({places[i].chat, user, places[i].read_seq});
        }
    }
    auto mentions = co_await load_mentions(parts_.messages, std::move(queries));
    contracts::ChatPlaces answer;
    for (std::size_t i = 0, next = 0; i < places.size(); ++i) {
        const DeletedSeqs gone = deletions.now(places[i].chat, deleted[i]);
        const auto first = std::ranges::upper_bound(*gone, places[i].read_seq);
        contracts::ChatPlace place{
            places[i].chat, heads[i].last_seq, places[i].read_seq, {first, gone->end()}, {}};
        if (places[i].read_seq < heads[i].last_seq) {
            place.mention_seqs = std::move(mentions[next++]);
        }
        answer.items.push_back(std::move(place));
    }
    co_return answer;
}

}  // namespace loquat::chat
