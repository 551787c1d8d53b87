#include "runtime/standing_rights.hpp"

#include <atomic>
#include <mutex>
#include <utility>

#include "net/jose/revocations.hpp"

namespace loquat::runtime {
namespace {

constexpr std::size_t revocations_max = 65'536;

net::jose::Claims claims_of(const StandingRights::Session& holder) {
    net::jose::Claims claims;
    claims.subject = holder.user.to_string();
    claims.session = holder.session.to_string();
    claims.issued_at = holder.issued_at;
    return claims;
}

}  // namespace

// By each id whose change may end a right: the session and the user, or the conversation.  Uuids of
// different things are never equal.
struct StandingRights::State {
    explicit State(const Clock& of) : clock(of) {}

    void add(const Uuid& key, Held& held) { rights[key].push_back(&held); }
    void remove(const Uuid& key, const Held& held) {
        const auto at = rights.find(key);
        std::erase(at->second, &held);
        if (at->second.empty()) {
            rights.erase(at);
        }
    }
    template <class Condition>
    void end_where(const Uuid& key, Condition condition);

    const Clock& clock;
    std::mutex mutex;
    std::unordered_map<Uuid, std::vector<Held*>> rights;
    // Of sessions that ended, so that none is opened by a token that was checked a moment before.
    net::jose::Revocations ended{revocations_max};
    std::size_t size = 0;
};

class StandingRights::Held final : public StandingRight {
  public:
    Held(std::shared_ptr<State> state, std::vector<Uuid> keys, OnEnd on_end)
        : state_(std::move(state)), keys_(std::move(keys)), on_end_(std::move(on_end)) {}
    ~Held() override {
        const std::lock_guard lock{state_->mutex};
        if (is_listed_) {
            for (const Uuid& key : keys_) {
                state_->remove(key, *this);
            }
            --state_->size;
        }
    }

    bool holds() const override { return holds_; }

    // The others under the lock.
    void list() {
        is_listed_ = true;
        for (const Uuid& key : keys_) {
            state_->add(key, *this);
        }
        ++state_->size;
    }
    void lose() {
        if (holds_.exchange(false) && on_end_) {
            std::exchange(on_end_, nullptr)();
        }
    }
    void start_lost() { holds_ = false; }

    UserId user;
    Time issued_at{};

  private:
    std::shared_ptr<State> state_;
    std::vector<Uuid> keys_;
    OnEnd on_end_;
    bool is_listed_ = false;
    std::atomic<bool> holds_{true};
};

template <class Condition>
void StandingRights::State::end_where(const Uuid& key, Condition condition) {
    const auto at = rights.find(key);
    if (at == rights.end()) {
        return;
    }
    for (Held* held : at->second) {
        if (condition(*held)) {
            held->lose();
        }
    }
}

StandingRights::StandingRights(const Clock& clock) : state_(std::make_shared<State>(clock)) {}
StandingRights::~StandingRights() = default;

StandingRightPtr StandingRights::open(const Session& holder, OnEnd on_end) {
    std::vector<Uuid> keys{holder.session.uuid, holder.user.uuid};
    auto held = std::make_unique<Held>(state_, std::move(keys), std::move(on_end));
    held->user = holder.user;
    held->issued_at = holder.issued_at;
    const std::lock_guard lock{state_->mutex};
    if (state_->ended.covers(claims_of(holder))) {
        held->start_lost();
    } else {
        held->list();
    }
    return held;
}

StandingRightPtr StandingRights::open(const Member& holder, OnEnd on_end) {
    std::vector<Uuid> keys{holder.chat.uuid};
    auto held = std::make_unique<Held>(state_, std::move(keys), std::move(on_end));
    held->user = holder.user;
    const std::lock_guard lock{state_->mutex};
    held->list();
    return held;
}

void StandingRights::end(const contracts::Revocation& revocation) {
    const std::lock_guard lock{state_->mutex};
    const Time now = state_->clock.now();
    if (revocation.session_id) {
        state_->ended.revoke_session(revocation.session_id->to_string(), revocation.until, now);
        state_->end_where(revocation.session_id->uuid, [](const Held&) { return true; });
    }
    if (revocation.user_id && revocation.before) {
        const Time before = *revocation.before;
        state_->ended.revoke_user(revocation.user_id->to_string(), before, revocation.until, now);
        state_->end_where(revocation.user_id->uuid,
                          [before](const Held& held) { return held.issued_at < before; });
    }
}

void StandingRights::end(const Member& member) {
    const std::lock_guard lock{state_->mutex};
    state_->end_where(member.chat.uuid, [&](const Held& held) { return held.user == member.user; });
}

std::size_t StandingRights::size() const {
    const std::lock_guard lock{state_->mutex};
    return state_->size;
}

}  // namespace loquat::runtime
