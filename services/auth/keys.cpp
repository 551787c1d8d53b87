#include "services/auth/keys.hpp"

namespace loquat::auth {
namespace {

KeyRing load_ring(KeyStore& store, const Keys::Options& options, Time now) {
    std::vector<RingKey> keys = store.load();
    if (keys.empty()) {
        keys.push_back({net::jose::Key::generate(options.algorithm), now, now});
        store.save(keys);
    }
    return KeyRing{std::move(keys), options.overlap};
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

Keys::Keys(KeyStore& store, aio::WorkerPool& pool, Options options, const Clock& clock)
    : store_(store),
      pool_(pool),
      options_(options),
      clock_(clock),
      ring_(load_ring(store, options, clock.now())) {}

Task<void> Keys::rotate() {
    if (is_rotating_) {
        throw Failure{Kind::conflict, "auth.rotation_running", "A new key is being made already."};
    }
    const Running running{is_rotating_};
    co_await add_key(When::now);
}

Task<void> Keys::maintain() {
    if (is_rotating_) {
        co_return;
    }
    const Running running{is_rotating_};
    const Time now = clock_.now();
    if (ring_.newest_algorithm() != options_.algorithm ||
        now - ring_.newest_created_at() >= options_.age_max) {
        co_await add_key(When::ahead);
    }
    if (KeyRing pruned = ring_; pruned.prune(now)) {
        store_.save(pruned.keys());
        ring_ = std::move(pruned);
    }
}

// On disk and announced before it signs: a token must never outlive the knowledge of its key.
Task<void> Keys::add_key(When when) {
    const Time now = clock_.now();
    Time active_from = when == When::now ? now : now + options_.publish_ahead;
    active_from = std::max(active_from, ring_.keys().back().active_from);
    auto work = [ring = ring_, store = &store_, algorithm = options_.algorithm, now,
                 active_from]() mutable {
        ring.add({net::jose::Key::generate(algorithm), now, active_from});
        store->save(ring.keys());
        return std::move(ring);
    };
    KeyRing fresh = co_await pool_.run<KeyRing>(std::move(work));
    if (announce_) {
        announce_(fresh.published(now));
    }
    ring_ = std::move(fresh);
}

}  // namespace loquat::auth
