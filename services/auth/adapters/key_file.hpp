#pragma once
#include <filesystem>

#include "services/auth/ports.hpp"

namespace loquat::auth {

// Signing keys in one JSON file that only the owner may read (mode 0600), replaced as a whole.
// Fails with `auth.keys_unusable` (unavailable) when the file cannot be read or written; a file
// that others may read is refused too, because a key that leaked must not sign.
class KeyFile final : public KeyStore {
  public:
    explicit KeyFile(std::filesystem::path path) : path_(std::move(path)) {}

    std::vector<RingKey> load() override;
    void save(const std::vector<RingKey>& keys) override;

  private:
    std::filesystem::path path_;
};

}  // namespace loquat::auth
