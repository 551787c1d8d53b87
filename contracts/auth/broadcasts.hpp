#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "contracts/auth/revocation.hpp"
#include "contracts/auth/users.hpp"
#include "contracts/events/topics.hpp"

// What is broadcast of accounts and sessions; as JSON.
namespace loquat::contracts {

// Told under `auth.revoked`.
std::string encode(const Revocation& revocation);
template <>
std::optional<Revocation> decode<Revocation>(std::string_view bytes);

// Told under `auth.users`.
std::string encode(const UserList& users);
template <>
std::optional<UserList> decode<UserList>(std::string_view bytes);

// Told under `auth.keys`.
struct TokenKeys {
    std::string jwks;  // a JWK set
};
std::string encode(const TokenKeys& keys);
template <>
std::optional<TokenKeys> decode<TokenKeys>(std::string_view bytes);

}  // namespace loquat::contracts
