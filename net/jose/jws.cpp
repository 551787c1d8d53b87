#include "net/jose/jws.hpp"

#include <algorithm>
#include <array>

#include "base/bytes.hpp"

namespace loquat::net::jose {
namespace {

struct Parts {
    std::string_view header;
    std::string_view payload;
    std::string_view signature;
    std::string_view signed_text;  // header.payload as it stands in the token
};

std::optional<Parts> split_token(std::string_view token) {
    const auto first = token.find('.');
    const auto last = token.rfind('.');
    if (first == std::string_view::npos || token.find('.', first + 1) != last || first == last) {
        return std::nullopt;
    }
    return Parts{.header = token.substr(0, first),
                 .payload = token.substr(first + 1, last - first - 1),
                 .signature = token.substr(last + 1),
                 .signed_text = token.substr(0, last)};
}

struct Header {
    std::string algorithm;
    std::optional<std::string> kid;
    std::string type;
};

// Members that bring a key along, or change what is signed.
bool is_dangerous(std::string_view name) {
    static constexpr std::array<std::string_view, 7> names{"crit", "jwk", "jku", "x5u",
                                                           "x5c",  "b64", "zip"};
    return std::ranges::find(names, name) != names.end();
}

// False when the member is there and no string.
bool take_text(const wire::Value& header, std::string_view name, std::optional<std::string>& out) {
    const wire::Value* value = header.find(name);
    if (value == nullptr) {
        return true;
    }
    if (value->if_string() == nullptr) {
        return false;
    }
    out = *value->if_string();
    return true;
}

std::expected<Header, TokenError> read_header(std::string_view text) {
    wire::Value value;
    try {
        value = wire::parse(text, {.depth_max = 4});
    } catch (const Failure&) {
        return std::unexpected{TokenError::malformed};
    }
    const wire::Object* members = value.if_object();
    if (members == nullptr) {
        return std::unexpected{TokenError::malformed};
    }
    if (std::ranges::any_of(*members, [](const auto& one) { return is_dangerous(one.first); })) {
        return std::unexpected{TokenError::unsupported};
    }
    std::optional<std::string> algorithm;
    std::optional<std::string> kid;
    std::optional<std::string> type;
    if (!take_text(value, "alg", algorithm) || !take_text(value, "kid", kid) ||
        !take_text(value, "typ", type) || !algorithm) {
        return std::unexpected{TokenError::malformed};
    }
    return Header{*algorithm, kid, type.value_or("")};
}

}  // namespace

std::string sign_compact(std::string_view payload, const Key& key, std::string_view type) {
    std::string header = R"({"alg":")";
    header.append(to_text(key.algorithm())).append(R"(","kid":)");
    wire::append_json_string(header, key.kid());
    header.append(R"(,"typ":)");
    wire::append_json_string(header, type);
    header.push_back('}');
    std::string token = to_base64url(header) + '.' + to_base64url(payload);
    const std::string signature = key.sign(token);
    return token.append(1, '.').append(to_base64url(signature));
}

std::expected<Jws, TokenError> verify_compact(std::string_view token, const KeySet& keys) {
    if (token.size() > token_bytes_max) {
        return std::unexpected{TokenError::too_large};
    }
    const auto parts = split_token(token);
    if (!parts) {
        return std::unexpected{TokenError::malformed};
    }
    const auto header_text = from_base64url(parts->header);
    auto payload = from_base64url(parts->payload);
    const auto signature = from_base64url(parts->signature);
    if (!header_text || !payload || !signature) {
        return std::unexpected{TokenError::malformed};
    }
    auto header = read_header(*header_text);
    if (!header) {
        return std::unexpected{header.error()};
    }
    const Key* key = header->kid ? keys.find(*header->kid) : keys.find_only();
    if (key == nullptr) {
        return std::unexpected{TokenError::unknown_key};
    }
    if (header->algorithm != to_text(key->algorithm()) ||
        !key->verify(parts->signed_text, *signature)) {
        return std::unexpected{TokenError::bad_signature};
    }
    return Jws{*std::move(payload), std::move(header->type), key};
}

}  // namespace loquat::net::jose
