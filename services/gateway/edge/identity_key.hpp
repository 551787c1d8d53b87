#pragma once
#include <string_view>

#include "net/jose/key.hpp"

namespace loquat::gateway {

// The key (ES256) that signs what servers behind are told of the caller: the same at every gateway
// that has this internal key, and after each start.  A server that asks one gateway for keys can so
// check what another one has signed.
net::jose::Key make_identity_key(std::string_view internal_key);

}  // namespace loquat::gateway
