#include "services/chat/conversations/conversation_lists.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "services/chat/domain/folded_title.hpp"

namespace loquat::chat {
namespace {

bool is_before(const Place& a, const Place& b) {
    return a.active_at != b.active_at ? a.active_at > b.active_at : a.chat > b.chat;
}

std::size_t page_limit(const contracts::ListChatsRequest& request) {
    return static_cast<std::size_t>(request.limit);
}

// Cuts the page out of what fits; the cursor of the next one, if there is more.
std::optional<std::string> cut_page(std::vector<Place>& places,
                                    const contracts::ListChatsRequest& request) {
    if (request.cursor) {
        const ActivityCursor after = decode_activity_cursor(*request.cursor);
        Place last;
        last.active_at = after.active_at;
        last.chat = after.chat;
        std::erase_if(places, [&](const Place& place) { return !is_before(last, place); });
    }
    const std::size_t limit = page_limit(request);
    const bool has_more = places.size() > limit;
    const auto end = places.begin() + static_cast<std::ptrdiff_t>(std::min(limit, places.size()));
    std::partial_sort(places.begin(), end, places.end(), is_before);
    places.erase(end, places.end());
    if (!has_more) {
        return std::nullopt;
    }
    return encode_cursor(ActivityCursor{places.back().active_at, places.back().chat});
}

}  // namespace

Task<std::vector<Place>> ConversationLists::page_of_places(UserId user,
                                                           contracts::ListChatsRequest request) {
    PlaceQuery query{.user = user, .kind = request.kind, .is_archived = request.archived};
    if (request.cursor) {
        query.after = decode_activity_cursor(*request.cursor);
    }
    query.limit = page_limit(request) + 1;
    // Small conversations that were active a moment ago; large ones are always looked at.
    for (const ChatId& chat : parts_.unsaved.active_chats_of(user)) {
        const CachedConversation* conversation = parts_.cache.peek_any(chat);
        if (conversation == nullptr || conversation->find(user) != nullptr) {
            query.also.push_back(chat);
        }
    }
    auto places = co_await parts_.chats.list_page(std::move(query));
    parts_.unsaved.merge_into(places, user);
    co_return places;
}

Task<std::vector<Place>> ConversationLists::choose_places(UserId user,
                                                          contracts::ListChatsRequest request) {
    if (!request.query || trim(*request.query).empty()) {
        co_return co_await page_of_places(user, std::move(request));
    }
    // A part of a title is in no index: all are looked at.
    auto places = co_await parts_.chats.list_places(user);
    parts_.unsaved.merge_into(places, user);
    std::erase_if(places, [&](const Place& place) {
        return (request.kind && place.kind != *request.kind) ||
               (request.archived && place.is_archived != *request.archived);
    });
    const std::string wanted = folded_query(*request.query);
    std::vector<UserId> peers;
    for (const Place& place : places) {
        if (place.pair) {
            peers.push_back(place.pair->other_than(user));
        }
    }
    const People::Found people = co_await parts_.people.find_all(std::move(peers));
    std::erase_if(places, [&](const Place& place) {
        if (!place.pair) {
            return folded_title(place.title).find(wanted) == std::string::npos;
        }
        const auto peer = people.find(place.pair->other_than(user));
        return peer == people.end() ||
               (peer->second.username.find(wanted) == std::string::npos &&
                folded_title(peer->second.display_name).find(wanted) == std::string::npos);
    });
    co_return places;
}

Task<contracts::Page<contracts::Chat>> ConversationLists::list_chats(
    contracts::Caller caller, contracts::ListChatsRequest request) {
    const UserId user = caller.user_id();
    auto places = co_await choose_places(user, request);
    contracts::Page<contracts::Chat> page;
    page.next_cursor = cut_page(places, request);
    std::vector<ChatId> ids;
    for (const Place& place : places) {
        ids.push_back(place.chat);
    }
    auto chats = co_await parts_.chats.list_by_id(std::move(ids));
    parts_.unsaved.merge_into(chats);
    std::vector<ListedChat> listed;
    for (std::size_t i = 0, next = 0; i < places.size() && next < chats.size(); ++i) {
        // One that was deleted meanwhile is not there.
        if (chats[next].id == places[i].chat) {
            MemberRecord me{user, places[i].role, {}, places[i].read_seq};
            listed.push_back({std::move(chats[next++]), std::move(me)});
        }
    }
    page.items = co_await parts_.views.view_all(std::move(listed), user);
    co_return page;
}

Task<contracts::Page<contracts::Chat>> ConversationLists::list_public_chats(
    contracts::Caller caller, contracts::ListPublicRequest request) {
    const UserId user = caller.user_id();
    RoomQuery query;
    query.folded_query = folded_query(request.query.value_or(""));
    query.limit = static_cast<std::size_t>(request.limit) + 1;
    if (request.cursor) {
        query.after = decode_title_cursor(*request.cursor);
    }
    const std::size_t limit = query.limit - 1;
    auto chats = co_await parts_.chats.list_rooms(std::move(query));
    parts_.unsaved.merge_into(chats);
    contracts::Page<contracts::Chat> page;
    if (chats.size() > limit) {
        chats.resize(limit);
        page.next_cursor =
            encode_cursor(TitleCursor{folded_title(chats.back().title), chats.back().id});
    }
    std::vector<ChatId> ids;
    for (const ChatRecord& chat : chats) {
        ids.push_back(chat.id);
    }
    auto places = co_await parts_.chats.list_places_in(user, std::move(ids));
    parts_.unsaved.merge_into(places, user);
    std::vector<ListedChat> listed;
    for (ChatRecord& chat : chats) {
        std::optional<MemberRecord> me;
        const auto mine = std::ranges::find(places, chat.id, &Place::chat);
        if (mine != places.end()) {
            me = MemberRecord{user, mine->role, {}, mine->read_seq};
        }
        listed.push_back({std::move(chat), std::move(me)});
    }
    page.items = co_await parts_.views.view_all(std::move(listed), user);
    co_return page;
}

}  // namespace loquat::chat
