#pragma once
#include <chrono>
#include <functional>
#include <optional>

#include "aio/offload.hpp"
#include "services/auth/ports.hpp"

namespace loquat::auth {

// The issuer's signing keys: made at the first start, replaced by age or on request, never lost.
// Where several instances sign they share them: what one has made the others know before it signs.
class Keys {
  public:
    struct Options {
        net::jose::Algorithm algorithm = net::jose::Algorithm::rs256;
        std::chrono::seconds age_max{30 * 86'400};
        // How long a key stays published after it stopped signing; at least the life of an access
        // token.
        std::chrono::seconds overlap{16 * 60};
        // A key made because of its predecessor's age is published so long before it signs.
        std::chrono::seconds publish_ahead{10 * 60};
    };

    // All references outlive this.
    Keys(KeyStore& store, aio::WorkerPool& pool, Options options, const Clock& clock)
        : store_(store), pool_(pool), options_(options), clock_(clock) {}

    // Reads the keys, or makes the first one (RSA: a few hundred milliseconds).  Before all else.
    Task<void> open();

    const net::jose::Key& signing_key() const { return ring_->signing_key(clock_.now()); }
    net::jose::KeySet published() const { return ring_->published(clock_.now()); }
    // The same, with what other instances have made.  While the store is away: what is known here.
    Task<net::jose::KeySet> published_by_all();

    // Calls with all published keys when there is a new one, before it signs.  One listener.
    void on_new_keys(std::function<void(const net::jose::KeySet&)> call) {
        announce_ = std::move(call);
    }

    // A new key signs from now on.  `auth.rotation_running` (409) while another one is being made,
    // here or by another instance.
    Task<void> rotate();
    // Replaces a key that is too old or of another algorithm than configured, drops what is over.
    Task<void> maintain();

  private:
    enum class When { now, ahead };
    // False when another instance has changed the keys meanwhile.
    Task<bool> add_key(When when);
    Task<net::jose::Key> make_key();
    Task<void> learn();
    void take(std::vector<RingKey> keys);

    KeyStore& store_;
    aio::WorkerPool& pool_;
    Options options_;
    const Clock& clock_;
    std::optional<KeyRing> ring_;  // once it was opened
    std::function<void(const net::jose::KeySet&)> announce_;
    bool is_rotating_ = false;
    bool is_behind_ = false;  // what others have made could not be read the last time
};

}  // namespace loquat::auth
