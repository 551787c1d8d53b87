#include "services/chat/adapters/memory_chats.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"
#include "services/chat/domain/failures.hpp"
#include "services/chat/domain/folded_title.hpp"
#include "services/chat/domain/membership_feed.hpp"

namespace loquat::chat {
namespace {

bool has_member(const LoadedChat& loaded, const UserId& user) {
    return std::ranges::binary_search(loaded.members, user, {}, &MemberRecord::user);
}

class MemoryChats final : public ChatStore {
  public:
    Task<Created> create(NewChat made) override {
        const auto key = std::pair{made.creator, made.creation_key};
        if (const auto known = keys_.find(key);
            !made.creation_key.empty() && known != keys_.end()) {
            const bool is_same = known->second.request_hash == made.request_hash;
            co_return Created{is_same ? CreateOutcome::key_known : CreateOutcome::key_conflict,
                              known->second.chat,
                              {}};
        }
        Created created{CreateOutcome::created, made.chat.id, {}};
        if (const auto pair = find_pair(made.chat.pair)) {
            created = {CreateOutcome::pair_exists, *pair, {}};
        } else {
            for (const MemberRecord& member : made.members) {
                if (count_chats(member.user) >= made.chats_per_user_max) {
                    co_return Created{CreateOutcome::chat_limit, {}, member.user};
                }
            }
            chats_[made.chat.id] = {made.chat, made.members};
            for (const MemberRecord& member : made.members) {
                feed_.note({made.chat.id, member.user, true});
            }
        }
        if (!made.creation_key.empty()) {
            keys_[key] = {made.request_hash, created.chat, made.chat.created_at};
        }
        co_return created;
    }

    Task<std::optional<LoadedChat>> load(ChatId id) override {
        const auto found = chats_.find(id);
        co_return found != chats_.end() ? std::optional{found->second} : std::nullopt;
    }

    Task<std::vector<ChatRecord>> list_by_id(std::vector<ChatId> ids) override {
        std::vector<ChatRecord> chats;
        for (const ChatId& id : ids) {
            if (const auto found = chats_.find(id); found != chats_.end()) {
                chats.push_back(found->second.chat);
            }
        }
        co_return chats;
    }

    Task<Time> find_newest_activity() override {
        Time newest{};
        for (const auto& [id, loaded] : chats_) {
            newest = std::max(newest, loaded.chat.active_at);
        }
        co_return newest;
    }

    Task<std::vector<Place>> list_places(UserId user) override {
        std::vector<Place> places;
        for (const auto& [id, loaded] : chats_) {
            for (const MemberRecord& member : loaded.members) {
                if (member.user == user) {
                    const ChatRecord& chat = loaded.chat;
                    places.push_back({id, chat.kind, chat.title, chat.is_archived, chat.pair,
                                      chat.active_at, member.role, member.read_seq});
                }
            }
        }
        co_return places;
    }

    Task<std::vector<Place>> list_page(PlaceQuery query) override {
        auto places = co_await list_places(query.user);
        std::erase_if(places, [&](const Place& place) {
            return (query.kind && place.kind != *query.kind) ||
                   (query.is_archived && place.is_archived != *query.is_archived);
        });
        const auto key = [](const Place& place) { return std::pair{place.active_at, place.chat}; };
        std::ranges::sort(places, std::ranges::greater{}, key);
        std::size_t left = query.limit + query.also.size();
        std::erase_if(places, [&](const Place& place) {
            if (std::ranges::find(query.also, place.chat) != query.also.end()) {
                return false;
            }
            const bool is_later =
                !query.after || key(place) < std::pair{query.after->active_at, query.after->chat};
            return !is_later || left == 0 || left-- == 0;
        });
        co_return places;
    }

    Task<std::vector<Place>> list_places_in(UserId user, std::vector<ChatId> chats) override {
        auto places = co_await list_places(user);
        std::erase_if(places, [&](const Place& place) {
            return std::ranges::find(chats, place.chat) == chats.end();
        });
        co_return places;
    }

    Task<std::vector<ChatRecord>> list_rooms(RoomQuery query) override {
        std::map<std::pair<std::string, ChatId>, ChatRecord> rooms;
        for (const auto& [id, loaded] : chats_) {
            const std::string folded = folded_title(loaded.chat.title);
            const bool is_listed =
                loaded.chat.visibility == Visibility::everyone && !loaded.chat.is_archived;
            if (is_listed && folded.find(query.folded_query) != std::string::npos) {
                rooms.emplace(std::pair{folded, id}, loaded.chat);
            }
        }
        auto at = rooms.begin();
        if (query.after) {
            at = rooms.upper_bound({query.after->folded_title, query.after->chat});
        }
        std::vector<ChatRecord> chats;
        for (; at != rooms.end() && chats.size() < query.limit; ++at) {
            chats.push_back(at->second);
        }
        co_return chats;
    }

    Task<std::vector<UserId>> filter_peers(UserId user, std::vector<UserId> others) override {
        std::set<UserId> peers;
        for (const auto& [id, loaded] : chats_) {
            if (has_member(loaded, user)) {
                for (const MemberRecord& member : loaded.members) {
                    peers.insert(member.user);
                }
            }
        }
        std::erase_if(others, [&](const UserId& other) { return !peers.contains(other); });
        co_return others;
    }

    Task<std::vector<std::vector<ChatId>>> list_memberships(std::vector<UserId> users) override {
        std::vector<std::vector<ChatId>> all;
        for (const UserId& user : users) {
            std::vector<ChatId>& chats = all.emplace_back();
            for (const auto& [id, loaded] : chats_) {
                if (has_member(loaded, user)) {
                    chats.push_back(id);
                }
            }
        }
        co_return all;
    }

    Task<std::optional<Judged>> change(ChatId chat, Proposal proposal) override {
        const auto found = chats_.find(chat);
        if (found == chats_.end()) {
            co_return std::nullopt;
        }
        Judged judged{seen(found->second, proposal), {}, found->second.chat.version};
        judged.change = proposal.judge(judged.before);
        if (judged.change.is_none()) {
            co_return judged;
        }
        const auto& newcomer = judged.change.newcomer;
        if (newcomer && count_chats(newcomer->user) >= judged.change.chats_per_user_max) {
            throw chat_limit();
        }
        ++judged.version;
        note_all(chat, judged.change);
        if (judged.change.is_end) {
            chats_.erase(found);
        } else {
            apply(found->second, judged.change);
            found->second.chat.version = judged.version;
        }
        co_return judged;
    }

    Task<std::vector<ChatVersion>> list_versions(std::vector<ChatId> chats) override {
        std::vector<ChatVersion> versions;
        for (const ChatId& chat : chats) {
            if (const auto found = chats_.find(chat); found != chats_.end()) {
                versions.push_back({chat, found->second.chat.version});
            }
        }
        co_return versions;
    }

    Task<contracts::MembershipChanges> list_membership_changes(
        contracts::MembershipMark mark) override {
        co_return feed_.list_after(mark);
    }

    Task<void> move_marker(Seat seat, std::int64_t read_seq) override {
        move(seat, read_seq);
        co_return;
    }

    Task<void> save_progress(Progress progress) override {
        for (const Progress::Activity& activity : progress.activities) {
            if (const auto found = chats_.find(activity.chat); found != chats_.end()) {
                found->second.chat.active_at = std::max(found->second.chat.active_at, activity.at);
            }
        }
        for (const Progress::Marker& marker : progress.markers) {
            move(marker.seat, marker.read_seq);
        }
        co_return;
    }

    Task<std::optional<ChatId>> find_creation(UserId user, std::string creation_key) override {
        const auto found = keys_.find({user, creation_key});
        co_return found != keys_.end() ? std::optional{found->second.chat} : std::nullopt;
    }

    Task<Claim> claim_key(RequestKey key, Time at) override {
        auto& mine = claims_[key.user];
        const auto [found, is_new] = mine.try_emplace(std::pair{key.operation, key.key});
        KnownClaim& claim = found->second;
        if (is_new) {
            claim = {key.request_hash, Uuid::make(), at};
        }
        const Claim answer{claim.request_hash == key.request_hash, claim.name};
        if (std::ssize(mine) > keys_per_user_max) {
            mine.erase(std::ranges::min_element(
                mine, {}, [](const auto& entry) { return entry.second.created_at; }));
        }
        co_return answer;
    }

    Task<void> forget_keys(Time before) override {
        for (auto& [user, mine] : claims_) {
            std::erase_if(mine,
                          [&](const auto& entry) { return entry.second.created_at < before; });
        }
        std::erase_if(keys_, [&](const auto& entry) { return entry.second.created_at < before; });
        co_return;
    }

  private:
    static LoadedChat seen(const LoadedChat& whole, const Proposal& proposal) {
        LoadedChat part = whole;
        if (!proposal.asks_everybody) {
            std::erase_if(part.members, [&](const MemberRecord& member) {
                return std::ranges::find(proposal.people, member.user) == proposal.people.end();
            });
        }
        return part;
    }

    void apply(LoadedChat& loaded, const ChatChange& change) {
        if (change.settings) {
            ChatRecord settings = *change.settings;
            settings.active_at = std::max(settings.active_at, loaded.chat.active_at);
            settings.member_count = loaded.chat.member_count;
            loaded.chat = std::move(settings);
        }
        if (change.newcomer) {
            const auto at = std::ranges::lower_bound(loaded.members, change.newcomer->user, {},
                                                     &MemberRecord::user);
            loaded.members.insert(at, *change.newcomer);
        }
        for (const MemberRecord& member : change.roles) {
            if (MemberRecord* stored = find_member({loaded.chat.id, member.user})) {
                stored->role = member.role;
            }
        }
        std::erase_if(loaded.members,
                      [&](const MemberRecord& one) { return one.user == change.leaver; });
        loaded.chat.member_count = std::ssize(loaded.members);
    }

    void note_all(const ChatId& chat, const ChatChange& change) {
        if (change.is_end) {
            feed_.note({chat, std::nullopt, false});
        } else if (change.newcomer) {
            feed_.note({chat, change.newcomer->user, true});
        } else if (change.leaver) {
            feed_.note({chat, *change.leaver, false});
        }
    }

    struct KnownKey {
        std::uint64_t request_hash = 0;
        ChatId chat;
        Time created_at{};
    };

    std::optional<ChatId> find_pair(const std::optional<Pair>& pair) const {
        for (const auto& [id, loaded] : chats_) {
            if (pair && loaded.chat.pair == pair) {
                return id;
            }
        }
        return std::nullopt;
    }

    std::int64_t count_chats(const UserId& user) const {
        return std::ranges::count_if(chats_, [&](const auto& entry) {
            const auto& members = entry.second.members;
            return std::ranges::find(members, user, &MemberRecord::user) != members.end();
        });
    }

    MemberRecord* find_member(const Seat& seat) {
        const auto found = chats_.find(seat.chat);
        if (found == chats_.end()) {
            return nullptr;
        }
        const auto at = std::ranges::find(found->second.members, seat.user, &MemberRecord::user);
        return at != found->second.members.end() ? &*at : nullptr;
    }

    void move(const Seat& seat, std::int64_t read_seq) {
        if (MemberRecord* member = find_member(seat)) {
            member->read_seq = std::max(member->read_seq, read_seq);
        }
    }

    std::map<ChatId, LoadedChat> chats_;
    MembershipFeed feed_;
    struct KnownClaim {
        std::uint64_t request_hash = 0;
        Uuid name;
        Time created_at{};
    };

    std::map<std::pair<UserId, std::string>, KnownKey> keys_;
    std::map<UserId, std::map<std::pair<std::string, std::string>, KnownClaim>> claims_;
};

}  // namespace

std::unique_ptr<ChatStore> make_memory_chats() { return std::make_unique<MemoryChats>(); }

}  // namespace loquat::chat
