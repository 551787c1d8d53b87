#include "services/chat/cache/rooms.hpp"

#include <algorithm>

#include "services/chat/cache/unsaved.hpp"
#include "services/chat/domain/failures.hpp"

namespace loquat::chat {
namespace {

// Of a member each; a name weighs as two.
std::size_t weight_of(const Room& room) {
    return 4 + room.members().size() + (room.names ? 2 * room.names->size() : 0);
}

}  // namespace

MemberRecord* Room::find(const UserId& user) {
    const auto at = std::ranges::lower_bound(members_, user, {}, &MemberRecord::user);
    return at != members_.end() && at->user == user ? &*at : nullptr;
}

void Room::add(MemberRecord member) {
    const auto at = std::ranges::lower_bound(members_, member.user, {}, &MemberRecord::user);
    members_.insert(at, std::move(member));
    names.reset();
    ++newcomers_;
    chat.member_count = static_cast<std::int64_t>(members_.size());
}

void Room::remove(const UserId& user) {
    std::erase_if(members_, [&](const MemberRecord& member) { return member.user == user; });
    chat.member_count = static_cast<std::int64_t>(members_.size());
}

void Room::close() {
    members_.clear();
    names.reset();
    chat.member_count = 0;
    chat.visibility = Visibility::only_members;
}

Standing Room::standing_of(const UserId& user) const {
    Standing standing{
        .kind = chat.kind, .visibility = chat.visibility, .is_archived = chat.is_archived};
    if (const MemberRecord* member = find(user)) {
        standing.role = member->role;
    }
    return standing;
}

std::optional<UserId> Room::peer_of(const UserId& user) const {
    return chat.pair ? std::optional{chat.pair->other_than(user)} : std::nullopt;
}

Room* Rooms::peek(const ChatId& id) {
    const RoomPtr* found = rooms_.find(id);
    return found != nullptr ? found->get() : nullptr;
}

Task<RoomPtr> Rooms::find(ChatId id) {
    if (const RoomPtr* found = rooms_.find(id)) {
        co_return *found;
    }
    const auto lock = co_await loads_.lock(id);
    if (const RoomPtr* found = rooms_.find(id)) {
        co_return *found;
    }
    auto loaded = co_await store_.load(id);
    if (!loaded) {
        co_return nullptr;
    }
    if (const RoomPtr* found = rooms_.find(id)) {
        co_return *found;  // made meanwhile
    }
    auto room = std::make_shared<Room>(std::move(*loaded));
    unsaved_.merge_into(*room);
    rooms_.put(id, room, weight_of(*room));
    co_return room;
}

Task<RoomPtr> Rooms::get(ChatId id, UserId user, Action action) {
    RoomPtr room = co_await find(id);
    if (!room) {
        throw chat_not_found();
    }
    require(action, room->standing_of(user));
    co_return room;
}

void Rooms::add(Room room) {
    const ChatId id = room.chat.id;
    if (rooms_.find(id) == nullptr) {
        const std::size_t weight = weight_of(room);
        rooms_.put(id, std::make_shared<Room>(std::move(room)), weight);
    }
}

void Rooms::resize(const Room& room) { rooms_.set_weight(room.chat.id, weight_of(room)); }

}  // namespace loquat::chat
