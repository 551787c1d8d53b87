#include "apps/loquat/import_rooms.hpp"

#include "apps/loquat/for_each.hpp"
#include "base/bytes.hpp"
#include "base/cut.hpp"
#include "base/text.hpp"
#include "net/jose/digest.hpp"

namespace loquat::app {
namespace {

constexpr std::size_t calls_at_once = 16;
constexpr std::size_t title_characters_max = 120;
constexpr std::size_t digest_bytes = 6;

}  // namespace

contracts::Caller caller_for(const contracts::User& user) {
    contracts::Caller caller;
    caller.user = user.id;
    caller.role = user.role;
    caller.username = user.username;
    caller.address = "127.0.0.1";
    return caller;
}

Task<void> ImportRooms::start(contracts::User owner) {
    owner_ = std::move(owner);
    const contracts::Caller caller = caller_for(owner_);
    contracts::ListChatsRequest request{.kind = contracts::ChatKind::group, .limit = 200};
    do {
        auto page = co_await clients_.chat.call<&contracts::ChatApi::list_chats>(caller, request);
        for (const contracts::Chat& chat : page.items) {
            const bool is_own = chat.me && chat.me->role == contracts::MemberRole::owner;
            const auto known = owned_.find(chat.title);
            // Of several the one that was made first.
            if (is_own && (known == owned_.end() || chat.id < known->second)) {
                owned_.insert_or_assign(chat.title, chat.id);
            }
        }
        request.cursor = std::move(page.next_cursor);
    } while (request.cursor);
}

// Names that differ only behind what a title can have stay two rooms.
std::string ImportRooms::title_of(const std::string& name) const {
    const std::string whole = title_prefix_ + name;
    if (count_characters(whole) <= title_characters_max) {
        return whole;
    }
    const std::string digest = to_hex(net::jose::sha256(whole).substr(0, digest_bytes));
    return std::string{cut_text(whole, title_characters_max - digest.size() - 1)} + " " + digest;
}

Task<void> ImportRooms::open(const std::string& name, const std::vector<UserId>& senders) {
    if (!rooms_.contains(name)) {
        ImportedRoom made = co_await find_or_make(title_of(name));
        rooms_.emplace(name, std::move(made));
    }
    ImportedRoom& room = rooms_.at(name);
    std::vector<UserId> joining;
    for (const UserId& person : senders) {
        if (room.members.insert(person).second) {
            joining.push_back(person);
        }
    }
    auto join = [&](std::size_t i) -> Task<void> {
        contracts::PutMemberRequest member{.id = room.chat, .user_id = joining[i]};
        const contracts::Caller owner = caller_for(owner_);
        co_await clients_.chat.call<&contracts::ChatApi::put_member>(owner, member);
    };
    co_await for_each(joining.size(), calls_at_once, join);
}

Task<ImportedRoom> ImportRooms::find_or_make(const std::string& title) {
    if (const auto known = owned_.find(title); known != owned_.end()) {
        co_return co_await load(known->second);
    }
    contracts::Caller caller = caller_for(owner_);
    // Of two imports at once one makes it.
    caller.idempotency_key = "import:" + to_hex(net::jose::sha256(title));
    contracts::CreateChatRequest request{.title = title, .visibility = visibility_};
    auto chat = co_await clients_.chat.call<&contracts::ChatApi::create_chat>(caller, request);
    co_return co_await load(chat.body.id);
}

Task<ImportedRoom> ImportRooms::load(ChatId chat) {
    ImportedRoom room{chat, {}};
    const contracts::Caller caller = caller_for(owner_);
    contracts::ListMembersRequest request{.id = chat, .limit = 200};
    do {
        auto page = co_await clients_.chat.call<&contracts::ChatApi::list_members>(caller, request);
        for (const contracts::Member& member : page.items) {
            room.members.insert(member.user.id);
        }
        request.cursor = std::move(page.next_cursor);
    } while (request.cursor);
    co_return room;
}

}  // namespace loquat::app
