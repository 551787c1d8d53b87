#pragma once
#include <memory>
#include <string>

#include "net/jose/key.hpp"
#include "net/jose/openssl.hpp"

namespace loquat::net::jose {

// What a Key is made of; private to key.cpp and signature.cpp.
struct Key::Parts {
    Algorithm algorithm;
    std::shared_ptr<EVP_PKEY> key;  // null for a secret
    std::string secret;
    bool is_private = false;
    std::string thumbprint_json;
    std::string kid;
};

inline std::shared_ptr<EVP_PKEY> share(OwnedKey key) { return {std::move(key)}; }

}  // namespace loquat::net::jose
