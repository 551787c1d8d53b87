#pragma once
#include <filesystem>

#include "services/auth/ports.hpp"
#include "store/folder/folder.hpp"

namespace loquat::auth {

// Signing keys in one JSON file that only the owner may read (mode 0600), replaced as a whole.
// Fails with `auth.keys_unusable` (unavailable) when the file cannot be read or written; a file
// that others may read is refused too, because a key that leaked must not sign.  With a folder the
// file must be the one that belongs into it: fails with `folder.foreign_file`, `folder.older_file`
// and the like.
class KeyFile {
  public:
    explicit KeyFile(std::filesystem::path path, store::Folder* folder = nullptr)
        : path_(std::move(path)), folder_(folder) {}

    std::vector<RingKey> load();
    void save(const std::vector<RingKey>& keys);

  private:
    std::filesystem::path path_;
    store::Folder* folder_;
};

}  // namespace loquat::auth
