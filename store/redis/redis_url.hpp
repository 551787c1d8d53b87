#pragma once
#include <chrono>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace loquat::store {

enum class RedisTransport : std::uint8_t { plain, tls };

// Where a Redis is and who asks.
struct RedisTarget {
    struct Host {
        std::string name;
        std::uint16_t port = 0;
    };

    std::vector<Host> hosts;  // the server; with `master` the Sentinels that know where it is
    std::string master;       // what Sentinels call it; empty without them
    std::string user;         // of an access list; empty: the default one
    std::string password;     // empty: none is said
    std::string sentinel_password;
    std::uint32_t database = 0;
    RedisTransport transport = RedisTransport::plain;
    std::string authority_file;  // PEM; empty: the system's authorities

    bool has_sentinels() const { return !master.empty(); }
    // For logs: without credentials.
    std::string to_string() const;
};

// Reads
//   redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]
//   redis+sentinel://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]...]/MASTER[/DATABASE]
// and the same with `rediss` for TLS.  `?ca=FILE` names the authorities that are trusted,
// `?sentinel_password=...` what Sentinels want.  User and password are percent-encoded.  The error
// says what is wrong without repeating the URL.
std::expected<RedisTarget, std::string> read_redis_url(std::string_view url);

}  // namespace loquat::store
