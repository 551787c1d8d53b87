#include "services/auth/adapters/sodium_passwords.hpp"

#include <sodium.h>

#include <optional>

#include "base/check.hpp"

namespace loquat::auth {
namespace {

// Wipes the password on every way out.
class Wiped {
  public:
    explicit Wiped(std::string& text) : text_(text) {}
    ~Wiped() { sodium_memzero(text_.data(), text_.size()); }
    Wiped(const Wiped&) = delete;
    Wiped& operator=(const Wiped&) = delete;

  private:
    std::string& text_;
};

std::string compute(std::string_view password, SodiumPasswords::Cost cost) {
    std::array<char, crypto_pwhash_STRBYTES> encoded{};
    const int failed = crypto_pwhash_str(encoded.data(), password.data(), password.size(),
                                         cost.passes, cost.memory_kib * 1024);
    if (failed != 0) {
        throw Failure{Kind::unavailable, "server.overloaded", "The server is busy. Try again.",
                      "no memory for a password hash"};
    }
    return encoded.data();
}

std::string base64(std::string_view bytes) {
    constexpr int variant = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
    std::string out(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                      bytes.size(), variant);
    out.pop_back();  // the terminating NUL
    return out;
}

// Random bytes where a hash would be: verified in the same time as any, and the start need not
// compute one.
std::string make_dummy(SodiumPasswords::Cost cost) {
    LOQUAT_CHECK(sodium_init() >= 0, "libsodium works on this machine");
    std::string salt(crypto_pwhash_argon2id_SALTBYTES, '\0');
    std::string hash(32, '\0');
    randombytes_buf(salt.data(), salt.size());
    randombytes_buf(hash.data(), hash.size());
    return "$argon2id$v=19$m=" + std::to_string(cost.memory_kib) +
           ",t=" + std::to_string(cost.passes) + ",p=1$" + base64(salt) + "$" + base64(hash);
}

}  // namespace

SodiumPasswords::SodiumPasswords(aio::WorkerPool& pool, Cost cost, HashQueue::Rules rules)
    : pool_(pool), cost_(cost), queue_(rules), dummy_(make_dummy(cost)) {}

template <class T>
Task<T> SodiumPasswords::run(std::move_only_function<T()> work) {
    using Clock = std::chrono::steady_clock;
    struct Timed {
        std::optional<T> result;  // none: it began too late
        Clock::duration took{};
    };
    const auto admitted = Clock::now();
    queue_.check(admitted);
    const HashQueue::Place place{queue_};
    auto timed = [work = std::move(work), latest = admitted + queue_.wait_max()]() mutable {
        const auto began = Clock::now();
        if (began > latest) {
            return Timed{};
        }
        std::optional<T> result{work()};
        return Timed{std::move(result), Clock::now() - began};
    };
    Timed done = co_await pool_.run<Timed>(std::move(timed));
    if (!done.result) {
        queue_.refuse(Clock::now());
    }
    queue_.note(done.took);
    co_return *std::move(done.result);
}

Task<std::string> SodiumPasswords::hash(std::string password) {
    auto work = [password = std::move(password), cost = cost_]() mutable {
        const Wiped wiped{password};
        return compute(password, cost);
    };
    co_return co_await run<std::string>(std::move(work));
}

Task<Passwords::Verdict> SodiumPasswords::verify(std::string password, std::string encoded) {
    auto work = [password = std::move(password), encoded = std::move(encoded),
                 cost = cost_]() mutable {
        const Wiped wiped{password};
        Verdict verdict;
        verdict.is_right =
            crypto_pwhash_str_verify(encoded.c_str(), password.data(), password.size()) == 0;
        verdict.is_outdated =
            verdict.is_right && crypto_pwhash_str_needs_rehash(encoded.c_str(), cost.passes,
                                                               cost.memory_kib * 1024) != 0;
        return verdict;
    };
    co_return co_await run<Verdict>(std::move(work));
}

}  // namespace loquat::auth
