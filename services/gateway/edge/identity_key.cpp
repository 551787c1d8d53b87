#include "services/gateway/edge/identity_key.hpp"

#include <string>

#include "base/bytes.hpp"
#include "base/failure.hpp"
#include "net/jose/digest.hpp"

namespace loquat::gateway {
namespace {

// A number below 2^256 is not below the order of P-256 once in four thousand million times.
constexpr int tries_max = 8;

// RFC 5869 with SHA-256, one block of output.
std::string derive(std::string_view secret, int number) {
    const std::string pseudorandom = net::jose::hmac_sha256(std::string(32, '\0'), secret);
    return net::jose::hmac_sha256(pseudorandom,
                                  "loquat identity key " + std::to_string(number) + '\x01');
}

// RFC 5915: version 1, the number, P-256; the public point follows from them.
std::string to_sec1_pem(std::string_view number) {
    constexpr std::string_view before{"\x30\x31\x02\x01\x01\x04\x20", 7};
    constexpr std::string_view after{"\xa0\x0a\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", 12};
    const std::string der = std::string{before}.append(number).append(after);
    return "-----BEGIN EC PRIVATE KEY-----\n" + to_base64(der) + "\n-----END EC PRIVATE KEY-----\n";
}

}  // namespace

net::jose::Key make_identity_key(std::string_view internal_key) {
    for (int number = 1; number < tries_max; ++number) {
        try {
            return net::jose::Key::from_pem(to_sec1_pem(derive(internal_key, number)));
        } catch (const Failure&) {
            continue;
        }
    }
    return net::jose::Key::from_pem(to_sec1_pem(derive(internal_key, tries_max)));
}

}  // namespace loquat::gateway
