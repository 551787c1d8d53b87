#include "runtime/rights/standing_rights.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

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

// What a change names: a session or a user, or a member of a conversation.
struct Key {
    Uuid first;
    Uuid second = {};
    friend bool operator==(const Key&, const Key&) = default;
};

struct KeyHash {
    std::size_t operator()(const Key& key) const {
        const std::hash<Uuid> hash;
        return hash(key.first) * 31 + hash(key.second);
    }
};

constexpr std::size_t keys_max = 2;

}  // namespace

// A conversation of thousands is left in the time of one: rights of a key are a list that a right
// leaves without being looked for.
struct StandingRights::State {
    explicit State(const Clock& of) : clock(of) {}

    template <class Condition>
    void end_where(const Key& key, Condition condition);
    // Whether the end of that session is not known yet.  Where so many ended that all old tokens
    // are refused, nothing is known of single ones.
    bool is_news(const Session& holder) const {
        const Session anybody{.issued_at = holder.issued_at};
        return !ended.covers(claims_of(holder)) || ended.covers(claims_of(anybody));
    }

    const Clock& clock;
    std::mutex mutex;
    std::unordered_map<Key, Link*, KeyHash> rights;  // the first of each list
    // Of sessions that ended, so that none is opened by a token that was checked a moment before.
    net::jose::Revocations ended{revocations_max};
    std::vector<Watcher*> watchers;
    std::size_t size = 0;
};

struct StandingRights::Link {
    Key key;
    Held* held = nullptr;  // null: in no list
    Link* next = nullptr;
    Link* before = nullptr;

    void join(State& state, Held& of) {
        held = &of;
        Link*& first = state.rights[key];
        next = first;
        if (next != nullptr) {
            next->before = this;
        }
        first = this;
    }
    void leave(State& state) {
        if (held == nullptr) {
            return;
        }
        if (next != nullptr) {
            next->before = before;
        }
        if (before != nullptr) {
            before->next = next;
        } else if (next != nullptr) {
            state.rights.find(key)->second = next;
        } else {
            state.rights.erase(key);
        }
    }
};

class StandingRights::Held final : public StandingRight {
  public:
    struct Holder {
        UserId user;
        Time issued_at{};
        std::optional<Time> until;
    };

    Held(std::shared_ptr<State> state, Holder holder, OnEnd on_end)
        : state_(std::move(state)), holder_(std::move(holder)), on_end_(std::move(on_end)) {}
    ~Held() override {
        const std::lock_guard lock{state_->mutex};
        state_->size -= links_.front().held != nullptr ? 1 : 0;
        for (Link& link : links_) {
            link.leave(*state_);
        }
    }

    bool holds() const override {
        return holds_ && (!holder_.until || state_->clock.now() < *holder_.until);
    }
    std::optional<std::chrono::milliseconds> left() const override {
        if (!holder_.until) {
            return std::nullopt;
        }
        return std::max(*holder_.until - state_->clock.now(), std::chrono::milliseconds{0});
    }
    const Holder& holder() const { return holder_; }

    // The others under the lock.
    void list(std::initializer_list<Key> keys) {
        auto link = links_.begin();
        for (const Key& key : keys) {
            link->key = key;
            link->join(*state_, *this);
            ++link;
        }
        ++state_->size;
    }
    void lose() {
        if (holds_.exchange(false) && on_end_) {
            std::exchange(on_end_, nullptr)();
        }
    }
    void start_lost() { holds_ = false; }

  private:
    std::shared_ptr<State> state_;
    Holder holder_;
    OnEnd on_end_;
    std::array<Link, keys_max> links_;
    std::atomic<bool> holds_{true};
};

template <class Condition>
void StandingRights::State::end_where(const Key& key, Condition condition) {
    const auto at = rights.find(key);
    for (Link* link = at != rights.end() ? at->second : nullptr; link != nullptr;
         link = link->next) {
        if (condition(link->held->holder())) {
            link->held->lose();
        }
    }
}

StandingRights::StandingRights(const Clock& clock) : state_(std::make_shared<State>(clock)) {}
StandingRights::~StandingRights() = default;

StandingRightPtr StandingRights::open(const Session& holder, OnEnd on_end) {
    auto held = std::make_unique<Held>(
        state_, Held::Holder{holder.user, holder.issued_at, holder.until}, std::move(on_end));
    const std::lock_guard lock{state_->mutex};
    if (state_->ended.covers(claims_of(holder))) {
        held->start_lost();
    } else {
        held->list({{holder.session.uuid}, {holder.user.uuid}});
    }
    return held;
}

StandingRightPtr StandingRights::open(const Member& holder, OnEnd on_end) {
    auto held = std::make_unique<Held>(state_, Held::Holder{.user = holder.user, .until = {}},
                                       std::move(on_end));
    const std::lock_guard lock{state_->mutex};
    held->list({{holder.chat.uuid, holder.user.uuid}});
    return held;
}

void StandingRights::end(const contracts::Revocation& revocation) {
    const std::lock_guard lock{state_->mutex};
    // Every listener of the process brings it, again and again: only the first is news.
    bool is_news = false;
    const Time now = state_->clock.now();
    if (revocation.session_id) {
        is_news = state_->is_news({.session = *revocation.session_id, .issued_at = now});
        state_->ended.revoke_session(revocation.session_id->to_string(), revocation.until, now);
        state_->end_where({revocation.session_id->uuid}, [](const auto&) { return true; });
    }
    if (revocation.user_id && revocation.before) {
        const Time before = *revocation.before;
        const Time last = before - std::chrono::milliseconds{1};
        is_news |= state_->is_news({.user = *revocation.user_id, .issued_at = last});
        state_->ended.revoke_user(revocation.user_id->to_string(), before, revocation.until, now);
        state_->end_where({revocation.user_id->uuid},
                          [before](const auto& holder) { return holder.issued_at < before; });
    }
    for (Watcher* watcher : is_news ? state_->watchers : std::vector<Watcher*>{}) {
        watcher->on_ended(revocation);
    }
}

void StandingRights::end(const Member& member) {
    const std::lock_guard lock{state_->mutex};
    state_->end_where({member.chat.uuid, member.user.uuid}, [](const auto&) { return true; });
    for (Watcher* watcher : state_->watchers) {
        watcher->on_ended(member);
    }
}

bool StandingRights::is_over(const Session& holder) const {
    const std::lock_guard lock{state_->mutex};
    return state_->ended.covers(claims_of(holder));
}

class StandingRights::Watch {
  public:
    Watch(std::shared_ptr<State> state, Watcher& watcher)
        : state_(std::move(state)), watcher_(watcher) {
        const std::lock_guard lock{state_->mutex};
        state_->watchers.push_back(&watcher_);
    }
    ~Watch() {
        const std::lock_guard lock{state_->mutex};
        std::erase(state_->watchers, &watcher_);
    }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

  private:
    std::shared_ptr<State> state_;
    Watcher& watcher_;
};

std::shared_ptr<StandingRights::Watch> StandingRights::watch(Watcher& watcher) {
    return std::make_shared<Watch>(state_, watcher);
}

std::size_t StandingRights::size() const {
    const std::lock_guard lock{state_->mutex};
    return state_->size;
}

}  // namespace loquat::runtime
