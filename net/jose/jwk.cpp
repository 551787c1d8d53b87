#include "net/jose/jwk.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "base/check.hpp"
#include "base/failure.hpp"

namespace loquat::net::jose {
namespace {

constexpr std::size_t jwks_bytes_max = 256 * 1024;
constexpr std::size_t kid_bytes_max = 256;

[[noreturn]] void refuse(const char* why) { throw Failure{Kind::invalid, "jose.bad_key", why}; }

const std::string* find_text(const wire::Value& object, std::string_view name) {
    const wire::Value* value = object.find(name);
    if (value == nullptr) {
        return nullptr;
    }
    if (value->if_string() == nullptr) {
        refuse("A member of the JWK has the wrong type.");
    }
    return value->if_string();
}

std::string get_bytes(const wire::Value& jwk, std::string_view name) {
    const std::string* text = find_text(jwk, name);
    auto bytes = text != nullptr ? from_base64url(*text) : std::nullopt;
    if (!bytes || bytes->empty()) {
        refuse("A member of the JWK is missing or not base64url.");
    }
    return *std::move(bytes);
}

// RFC 7517 sections 4.2 and 4.3: a key that is meant for something else must not be used.
void check_purpose(const wire::Value& jwk) {
    const std::string* use = find_text(jwk, "use");
    if (use != nullptr && *use != "sig") {
        refuse("The JWK is not meant for signatures.");
    }
    const wire::Value* operations = jwk.find("key_ops");
    if (operations == nullptr) {
        return;
    }
    const wire::Array* list = operations->if_array();
    const auto is_verify = [](const wire::Value& one) {
        return one.if_string() != nullptr && *one.if_string() == "verify";
    };
    if (list == nullptr || std::ranges::none_of(*list, is_verify)) {
        refuse("The JWK is not meant for verifying.");
    }
}

Key key_of_type(const wire::Value& jwk, std::string_view type) {
    const std::string* curve = find_text(jwk, "crv");
    if (type == "RSA") {
        return Key::from_rsa(get_bytes(jwk, "n"), get_bytes(jwk, "e"));
    }
    if (type == "EC" && curve != nullptr && *curve == "P-256") {
        return Key::from_p256(get_bytes(jwk, "x"), get_bytes(jwk, "y"));
    }
    if (type == "OKP" && curve != nullptr && *curve == "Ed25519") {
        return Key::from_ed25519(get_bytes(jwk, "x"));
    }
    if (type == "oct") {
        return Key::from_secret(get_bytes(jwk, "k"));
    }
    refuse("Only RSA, P-256, Ed25519 and oct keys are accepted.");
}

const wire::Array* find_keys(const wire::Value& jwks) {
    const wire::Value* keys = jwks.find("keys");
    return keys != nullptr ? keys->if_array() : nullptr;
}

}  // namespace

Key key_from_jwk(const wire::Value& jwk) {
    const std::string* type = find_text(jwk, "kty");
    if (type == nullptr) {
        refuse("The JWK has no type.");
    }
    check_purpose(jwk);
    Key key = key_of_type(jwk, *type);
    const std::string* algorithm = find_text(jwk, "alg");
    if (algorithm != nullptr && *algorithm != to_text(key.algorithm())) {
        refuse("The algorithm of the JWK is not accepted for its type.");
    }
    const std::string* kid = find_text(jwk, "kid");
    if (kid != nullptr && kid->size() > kid_bytes_max) {
        refuse("The kid of the JWK is too long.");
    }
    return kid != nullptr ? key.with_kid(*kid) : key;
}

std::string to_public_jwk(const Key& key) {
    LOQUAT_CHECK(key.algorithm() != Algorithm::hs256, "a secret is never published");
    std::string out = key.to_thumbprint_json();
    out.pop_back();
    out.append(R"(,"alg":")").append(to_text(key.algorithm()));
    out.append(R"(","use":"sig","kid":)");
    wire::append_json_string(out, key.kid());
    out.push_back('}');
    return out;
}

KeySet::KeySet(std::vector<Key> keys) {
    for (Key& key : keys) {
        add(std::move(key));
    }
}

KeySet KeySet::from_jwks(std::string_view text) {
    const auto fail = [](const char* why) {
        return Failure{Kind::invalid, "jose.bad_key_set", why};
    };
    if (text.size() > jwks_bytes_max) {
        throw fail("The key set is too long.");
    }
    const wire::Value jwks = wire::parse(text);
    const wire::Array* list = find_keys(jwks);
    if (list == nullptr) {
        throw fail("A key set is an object with a list of keys.");
    }
    KeySet set;
    for (const wire::Value& jwk : *list) {
        std::optional<Key> key;
        try {
            key = key_from_jwk(jwk);
        } catch (const Failure&) {
            continue;  // RFC 7517 section 5: ignore keys that are not understood
        }
        const Key* same = set.find(key->kid());
        if (same != nullptr && same->to_thumbprint_json() != key->to_thumbprint_json()) {
            throw fail("Two keys of the set have one kid.");
        }
        set.add(*std::move(key));
    }
    return set;
}

std::string KeySet::to_jwks() const {
    std::string out = R"({"keys":[)";
    for (const Key& key : keys_) {
        if (key.algorithm() == Algorithm::hs256) {
            continue;
        }
        if (out.back() == '}') {
            out.push_back(',');
        }
        out.append(to_public_jwk(key));
    }
    out.append("]}");
    return out;
}

bool KeySet::add(Key key) {
    if (keys_.size() >= keys_max || find(key.kid()) != nullptr) {
        return false;
    }
    keys_.push_back(std::move(key));
    return true;
}

const Key* KeySet::find(std::string_view kid) const {
    const auto found =
        std::ranges::find_if(keys_, [&](const Key& key) { return key.kid() == kid; });
    return found != keys_.end() ? &*found : nullptr;
}

}  // namespace loquat::net::jose
