#pragma once
#include "services/auth/ports.hpp"
#include "store/sql/database.hpp"

namespace loquat::auth {

// Signing keys in the database of auth, which nobody but auth reads: for several instances that
// sign.  A key that cannot be read fails with `auth.keys_unusable` (unavailable).
class SqlKeys final : public KeyStore {
  public:
    // `before`: whose keys are taken over as long as there are none.
    SqlKeys(store::Database& database, KeyStore& before) : database_(database), before_(before) {}

    bool is_shared() const override { return true; }
    Task<std::vector<RingKey>> load() override;
    Task<std::vector<RingKey>> replace(std::vector<RingKey> known,
                                       std::vector<RingKey> keys) override;

  private:
    store::Database& database_;
    KeyStore& before_;
};

}  // namespace loquat::auth
