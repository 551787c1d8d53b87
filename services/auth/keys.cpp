#include "services/auth/keys.hpp"

#include <utility>

#include "base/log.hpp"

namespace loquat::auth {
namespace {

Failure rotation_running() {
    return {Kind::conflict, "auth.rotation_running", "A new key is being made already."};
}

// Clears the mark on every way out.
class Running {
  public:
    explicit Running(bool& mark) : mark_(mark) { mark_ = true; }
    ~Running() { mark_ = false; }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

  private:
    bool& mark_;
};

}  // namespace

Task<net::jose::Key> Keys::make_key() {
    auto work = [algorithm = options_.algorithm] { return net::jose::Key::generate(algorithm); };
    co_return co_await pool_.run<net::jose::Key>(std::move(work));
}

void Keys::take(std::vector<RingKey> keys) { ring_.emplace(std::move(keys), options_.overlap); }

Task<void> Keys::open() {
    std::vector<RingKey> keys = co_await store_.load();
    if (keys.empty()) {
        const Time now = clock_.now();
        net::jose::Key key = co_await make_key();
        keys.push_back({std::move(key), now, now});
        std::vector<RingKey> none;
        keys = co_await store_.replace(std::move(none), std::move(keys));
    }
    take(std::move(keys));
}

// What other instances have made or dropped.
Task<void> Keys::learn() {
    if (!store_.is_shared()) {
        co_return;
    }
    std::vector<RingKey> keys = co_await store_.load();
    if (!keys.empty()) {
        take(std::move(keys));
    }
}

Task<net::jose::KeySet> Keys::published_by_all() {
    std::string problem;
    try {
        co_await learn();
    } catch (const Failure& failure) {
        problem = failure.code;
    }
    if (!std::exchange(is_behind_, !problem.empty()) && is_behind_) {
        log_warn({.service = "auth"}, "the keys of other instances cannot be read",
                 {{"code", problem}});
    }
    co_return published();
}

Task<void> Keys::rotate() {
    if (is_rotating_) {
        throw rotation_running();
    }
    const Running running{is_rotating_};
    co_await learn();
    if (!co_await add_key(When::now)) {
        throw rotation_running();
    }
}

Task<void> Keys::maintain() {
    if (is_rotating_) {
        co_return;
    }
    const Running running{is_rotating_};
    co_await learn();
    const Time now = clock_.now();
    if (ring_->newest_algorithm() != options_.algorithm ||
        now - ring_->newest_created_at() >= options_.age_max) {
        co_await add_key(When::ahead);
    }
    if (KeyRing pruned = *ring_; pruned.prune(now)) {
        std::vector<RingKey> kept = co_await store_.replace(ring_->keys(), pruned.keys());
        take(std::move(kept));
    }
}

// Durable and announced before it signs: a token must never outlive the knowledge of its key.
Task<bool> Keys::add_key(When when) {
    const Time now = clock_.now();
    Time active_from = when == When::now ? now : now + options_.publish_ahead;
    active_from = std::max(active_from, ring_->keys().back().active_from);
    std::vector<RingKey> known = ring_->keys();
    KeyRing fresh = *ring_;
    net::jose::Key key = co_await make_key();
    fresh.add({std::move(key), now, active_from});
    const std::string made = fresh.keys().back().key.kid();
    std::vector<RingKey> keys = co_await store_.replace(std::move(known), fresh.keys());
    KeyRing kept{std::move(keys), options_.overlap};
    if (announce_) {
        announce_(kept.published(now));
    }
    ring_ = std::move(kept);
    co_return ring_->keys().back().key.kid() == made;
}

}  // namespace loquat::auth
