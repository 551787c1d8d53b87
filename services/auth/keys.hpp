#pragma once
#include <chrono>
#include <functional>

#include "aio/offload.hpp"
#include "services/auth/ports.hpp"

namespace loquat::auth {

// The issuer's signing keys: made at the first start, replaced by age or on request, never lost.
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

    // Reads the keys, or makes the first one (RSA: a few hundred milliseconds).  Blocks: for the
    // start only. All references outlive this.
    Keys(KeyStore& store, aio::WorkerPool& pool, Options options, const Clock& clock);

    const net::jose::Key& signing_key() const { return ring_.signing_key(clock_.now()); }
    net::jose::KeySet published() const { return ring_.published(clock_.now()); }

    // Calls with all published keys when there is a new one, before it signs.  One listener.
    void on_new_keys(std::function<void(const net::jose::KeySet&)> call) {
        announce_ = std::move(call);
    }

    // A new key signs from now on.  `auth.rotation_running` (409) while another one is being made.
    Task<void> rotate();
    // Replaces a key that is too old or of another algorithm than configured, drops what is over.
    Task<void> maintain();

  private:
    enum class When { now, ahead };
    Task<void> add_key(When when);

    KeyStore& store_;
    aio::WorkerPool& pool_;
    Options options_;
    const Clock& clock_;
    KeyRing ring_;
    std::function<void(const net::jose::KeySet&)> announce_;
    bool is_rotating_ = false;
};

}  // namespace loquat::auth
