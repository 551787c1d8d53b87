#pragma once
#include <deque>
#include <span>
#include <unordered_map>
#include <unordered_set>

#include "aio/scope.hpp"
#include "services/presence/audience.hpp"
#include "services/presence/ports.hpp"
#include "services/presence/rereads.hpp"

namespace loquat::presence {

// The presence service: one object on one loop.  It keeps nothing for pairs of people.
class Presence final : public contracts::PresenceApi {
  public:
    // Events that are told one by one, counted for each who is told: as many more in each batch, up
    // to so many at once.  What is more is told as one `resync`.
    static constexpr std::size_t deliveries_each_batch = 65'536;
    static constexpr std::size_t deliveries_max = 262'144;

    struct Ports {
        RosterStore& roster;
        MembershipsPort& memberships;
        WatchersPort& watchers;
    };

    Presence(Ports ports, const Clock& clock);

    // People with whom the caller shares no conversation are left out.
    Task<contracts::PresenceList> get_presence(contracts::Caller caller,
                                               contracts::GetPresenceRequest request) override;
    // Throws `presence.unknown_node` (conflict): report everything first.
    Task<void> report(contracts::Caller caller, contracts::PresenceReport report) override;

    // Tells what has changed; called every `batch_ms`, not before the last call is done.
    Task<void> publish_changes();

  private:
    using Changes = std::span<const contracts::Presence>;
    struct Recent {
        contracts::Presence presence;
        Steady at;
    };

    void follow(const RosterStore::Turn& turn);
    Task<void> tell_newcomers(std::vector<UserId> newcomers);
    Task<void> tell(Changes changes, std::optional<std::vector<UserId>> only);
    std::vector<ChatId> choose_rooms(const PeopleByRoom& changed, const PeopleByRoom& listeners);
    Task<void> require_chat();
    void send(Changes changes, std::span<const Letter> letters);
    void send_rereads();
    void forget_old_recent();
    void note_recent(Changes changes);

    Ports ports_;
    const Clock& clock_;
    std::unordered_set<UserId> listening_;  // as of the last turn
    Audience audience_;
    Rereads rereads_;
    bool chat_has_failed_ = false;  // when it was last needed
    std::size_t deliveries_left_ = deliveries_max;
    // Told so lately that who began to listen before may not have been known as a listener.
    std::deque<Recent> recent_;
    bool recent_is_cut_ = false;
};

}  // namespace loquat::presence
