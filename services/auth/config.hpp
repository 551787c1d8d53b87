#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "contracts/auth/auth.hpp"
#include "wire/describe.hpp"

namespace loquat::auth {

// HS256 is not offered: a secret cannot be published, so no other process could verify.
enum class SigningAlgorithm { RS256, ES256, EdDSA };
BOOST_DESCRIBE_ENUM(SigningAlgorithm, RS256, ES256, EdDSA)

struct Config {
    std::chrono::seconds access_token_seconds{900};
    std::chrono::days guest_token_days{31};
    std::chrono::days session_idle_days{30};
    std::chrono::days session_days_max{90};
    std::size_t sessions_per_user_max = 100;
    std::chrono::seconds refresh_grace_seconds{10};
    SigningAlgorithm signing_algorithm = SigningAlgorithm::RS256;
    std::chrono::days key_days_max{30};
    std::size_t hash_threads = 2;
    std::size_t hash_queue_max = 1000;
    std::size_t hash_memory_kib = 19'456;
    std::size_t hash_passes = 2;
    bool back_off = true;
    std::string server_name = "Loquat";
    contracts::Registration registration = contracts::Registration::open;

    static constexpr std::array<std::string_view, 2> live{"server_name", "registration"};
    static constexpr std::array fields{
        wire::Field{"access_token_seconds", 60, 3600, "Life of an access token."},
        wire::Field{"guest_token_days", 1, 365,
                    "Life of the token of somebody without an account, and of the key that signed "
                    "it; a guest's shopping session ends by itself before."},
        wire::Field{"session_idle_days", 1, 365,
                    "A session that is not refreshed for so long ends."},
        wire::Field{"session_days_max", 1, 3650, "A session ends after so long in any case."},
        wire::Field{"sessions_per_user_max", 1, 1000, "One more ends the oldest."},
        wire::Field{"refresh_grace_seconds", 0, 60,
                    "For so long the refresh token before the last gets the same answer again."},
        wire::Field{.name = "signing_algorithm", .doc = "RS256 verifies fastest."},
        wire::Field{"key_days_max", 1, 3650, "An older signing key is replaced."},
        wire::Field{"hash_threads", 1, 64, "Threads that compute password hashes."},
        wire::Field{"hash_queue_max", 1, 10'000,
                    "More waiting sign-ins are refused with 503, and so are those that would wait "
                    "longer than 8 seconds; Retry-After says when there will be room."},
        wire::Field{"hash_memory_kib", 8, 1'048'576, "Argon2id memory for one hash."},
        wire::Field{"hash_passes", 1, 20, "Argon2id passes."},
        wire::Field{.name = "back_off", .doc = "Slow down the guessing of passwords."},
        wire::Field{"server_name", 1, 80, "What the sign-in page calls this server."},
        wire::Field{
            .name = "registration",
            .doc = "closed: accounts are made by an administrator or by `loquat user add`."},
    };
};
BOOST_DESCRIBE_STRUCT(Config, (),
                      (access_token_seconds, guest_token_days, session_idle_days, session_days_max,
                       sessions_per_user_max, refresh_grace_seconds, signing_algorithm,
                       key_days_max, hash_threads, hash_queue_max, hash_memory_kib, hash_passes,
                       back_off, server_name, registration))

}  // namespace loquat::auth
