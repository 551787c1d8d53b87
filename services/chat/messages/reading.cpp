#include <algorithm>
#include <unordered_set>

#include "services/chat/chat.hpp"
#include "services/chat/conversations/views.hpp"
#include "services/chat/domain/failures.hpp"

namespace loquat::chat {
Task<contracts::MessagePage> Chat::list_messages(Caller caller,
                                                 contracts::ListMessagesRequest request) {
    co_await rooms_.get(request.id, caller.user_id(), Action::read);
    if (request.before_seq && request.after_seq) {
        throw invalid_field("after_seq", "not_both", "cannot be given together with before_seq");
    }
    store::PageQuery query;
    query.chat = request.id;
    query.before_seq = request.before_seq;
    query.after_seq = request.after_seq;
    query.limit = static_cast<std::size_t>(request.limit);
    store::Page stored = co_await ports_.messages.page(std::move(query));
    contracts::MessagePage page;
    page.head_seq = stored.head_seq;
    if (!stored.items.empty()) {
        page.first_seq = stored.items.front().seq;
        page.last_seq = stored.items.back().seq;
    }
    page.items = co_await people_.show_all(std::move(stored.items));
    co_return page;
}

Task<void> Chat::put_read(Caller caller, contracts::ReadRequest request) {
    const UserId user = caller.user_id();
    const RoomPtr room = co_await rooms_.get(request.id, user, Action::read);
    store::Head head = co_await heads_.find(request.id);
    if (request.seq > head.last_seq) {
        head = co_await heads_.load(request.id);
    }
    const DeletedSeqs deleted = co_await deletions_.find(request.id);
    const std::int64_t seq = std::min(request.seq, head.last_seq);
    if (const MemberRecord* member = room->find(user);
        member == nullptr || seq <= member->read_seq) {
        co_return;
    }
    const store::MentionQuery behind{request.id, user, seq};
    const MentionSeqs mentions = co_await load_mentions(ports_.messages, behind, head.last_seq);
    co_await ports_.chats.move_marker(Seat{request.id, user}, seq);
    MemberRecord* member = room->find(user);
    if (member == nullptr || seq <= member->read_seq) {
        co_return;  // removed, or overtaken by a later marker
    }
    member->read_seq = seq;
    announcer_.read(*room, *member, count_unread(head.last_seq, seq, *deleted, mentions),
                    config_.receipts_members_max);
}

Task<void> Chat::post_typing(Caller caller, contracts::ChatRef request) {
    const UserId user = caller.user_id();
    co_await rooms_.get(request.id, user, Action::send);
    const Seat seat{request.id, user};
    const Steady now = ports_.clock.steady();
    const Steady* last = typing_.find(seat);
    if (last != nullptr && now - *last < std::chrono::milliseconds{config_.typing_interval_ms}) {
        co_return;
    }
    typing_.put(seat, now);
    announcer_.typing(request.id, user);
}

// The head comes from the store: the edge replays up to it and takes what follows live, so it may
// not be a moment old.
Task<contracts::Subscribable> Chat::check_subscription(Caller caller, contracts::ChatRef request) {
    const UserId user = caller.user_id();
    const RoomPtr room = co_await rooms_.get(request.id, user, Action::read);
    const store::Head head = co_await heads_.load(request.id);
    // Asked again: the person may have been removed meanwhile.
    require(Action::read, room->standing_of(user));
    contracts::Subscribable answer{head.last_seq, room->find(user)->role, {}};
    if (answers_ != nullptr) {
        answer.generations = answers_->list_live(request.id);
    }
    co_return answer;
}

Task<contracts::ChatPlaces> Chat::list_places(Caller caller, contracts::Empty) {
    const UserId user = caller.user_id();
    auto places = co_await ports_.chats.list_places(user);
    unsaved_.merge_into(places, user);
    std::vector<ChatId> chats;
    for (const Place& place : places) {
        chats.push_back(place.chat);
    }
    const auto deleted = co_await deletions_.find_all(chats);
    const auto heads = co_await heads_.find_all(std::move(chats));
    std::vector<store::MentionQuery> queries;
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (places[i].read_seq < heads[i].last_seq) {
            queries.push_back({places[i].chat, user, places[i].read_seq});
        }
    }
    auto mentions = co_await load_mentions(ports_.messages, std::move(queries));
    contracts::ChatPlaces answer;
    for (std::size_t i = 0, next = 0; i < places.size(); ++i) {
        const auto first = std::ranges::upper_bound(*deleted[i], places[i].read_seq);
        contracts::ChatPlace place{
            places[i].chat, heads[i].last_seq, places[i].read_seq, {first, deleted[i]->end()}, {}};
        if (places[i].read_seq < heads[i].last_seq) {
            place.mention_seqs = std::move(mentions[next++]);
        }
        answer.items.push_back(std::move(place));
    }
    co_return answer;
}

}  // namespace loquat::chat
