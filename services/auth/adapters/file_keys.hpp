#pragma once
#include "aio/offload.hpp"
#include "services/auth/adapters/key_file.hpp"

namespace loquat::auth {

// Signing keys in a file of this process's own.
class FileKeys final : public KeyStore {
  public:
    // `pool`, where the file is written, outlives it.
    FileKeys(KeyFile file, aio::WorkerPool& pool) : file_(std::move(file)), pool_(pool) {}

    bool is_shared() const override { return false; }
    Task<std::vector<RingKey>> load() override { co_return file_.load(); }
    Task<std::vector<RingKey>> replace(std::vector<RingKey>, std::vector<RingKey> keys) override {
        auto work = [this, keys]() mutable {
            file_.save(keys);
            return std::move(keys);
        };
        co_return co_await pool_.run<std::vector<RingKey>>(std::move(work));
    }

  private:
    KeyFile file_;
    aio::WorkerPool& pool_;
};

}  // namespace loquat::auth
