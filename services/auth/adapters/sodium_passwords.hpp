#pragma once
#include "aio/offload.hpp"
#include "services/auth/domain/hash_queue.hpp"
#include "services/auth/ports.hpp"

namespace loquat::auth {

// Argon2id (RFC 9106) in libsodium's text form, on the threads of a pool.  Each hash takes
// `memory_kib` while it is computed; the pool's threads are what limits the memory of a burst.
class SodiumPasswords final : public Passwords {
  public:
    struct Cost {
        std::size_t memory_kib = 19'456;
        std::uint64_t passes = 2;
    };

    // `pool` outlives this.
    SodiumPasswords(aio::WorkerPool& pool, Cost cost, HashQueue::Rules rules = {});

    Task<std::string> hash(std::string password) override;
    Task<Verdict> verify(std::string password, std::string encoded) override;
    const std::string& dummy() const override { return dummy_; }

  private:
    template <class T>
    Task<T> run(std::move_only_function<T()> work);

    aio::WorkerPool& pool_;
    Cost cost_;
    HashQueue queue_;
    std::string dummy_;
};

}  // namespace loquat::auth
