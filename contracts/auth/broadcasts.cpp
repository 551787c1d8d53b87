#include "contracts/auth/broadcasts.hpp"

#include "wire/codec.hpp"

namespace loquat::contracts {
namespace {

template <class T>
std::optional<T> read_json(std::string_view bytes) {
    try {
        return wire::from_json<T>(bytes);
    } catch (const Failure&) {
        return std::nullopt;
    }
}

}  // namespace

std::string encode(const Revocation& revocation) { return wire::encode(revocation); }
std::string encode(const UserList& users) { return wire::encode(users); }
std::string encode(const TokenKeys& keys) { return keys.jwks; }

template <>
std::optional<Revocation> decode<Revocation>(std::string_view bytes) {
    return read_json<Revocation>(bytes);
}

template <>
std::optional<UserList> decode<UserList>(std::string_view bytes) {
    return read_json<UserList>(bytes);
}

template <>
std::optional<TokenKeys> decode<TokenKeys>(std::string_view bytes) {
    return TokenKeys{std::string{bytes}};
}

}  // namespace loquat::contracts
