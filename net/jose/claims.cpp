#include "net/jose/claims.hpp"

#include <algorithm>
#include <cmath>

#include "base/ids.hpp"
#include "wire/json.hpp"

namespace loquat::net::jose {
namespace {

constexpr double seconds_max = 253'402'300'799;  // 9999-12-31T23:59:59Z

// A claim of the wrong type makes the whole token unreadable; caught in read_claims.
[[noreturn]] void refuse() {
    throw Failure{Kind::malformed, "jose.bad_claim", "A claim has the wrong type."};
}

std::string take_text(const wire::Value& payload, std::string_view name) {
    const wire::Value* value = payload.find(name);
    if (value == nullptr || value->is_null()) {
        return {};
    }
    if (value->if_string() == nullptr) {
        refuse();
    }
    return *value->if_string();
}

double to_seconds(const wire::Value& value) {
    return std::visit(
        [](const auto& one) -> double {
            if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(one)>> &&
                          !std::is_same_v<std::remove_cvref_t<decltype(one)>, bool>) {
                return static_cast<double>(one);
            } else {
                refuse();
            }
        },
        value.any());
}

std::optional<Time> take_time(const wire::Value& payload, std::string_view name) {
    const wire::Value* value = payload.find(name);
    if (value == nullptr) {
        return std::nullopt;
    }
    const double seconds = to_seconds(*value);
    if (!(seconds >= 0 && seconds <= seconds_max)) {
        refuse();
    }
    return from_unix_ms(static_cast<std::int64_t>(std::floor(seconds * 1000)));
}

// RFC 7519 section 4.1.3: one text or a list of them.
std::vector<std::string> take_audience(const wire::Value& payload) {
    const wire::Value* value = payload.find("aud");
    if (value == nullptr) {
        return {};
    }
    if (value->if_string() != nullptr) {
        return {*value->if_string()};
    }
    if (value->if_array() == nullptr) {
        refuse();
    }
    std::vector<std::string> all;
    for (const wire::Value& one : *value->if_array()) {
        if (one.if_string() == nullptr) {
            refuse();
        }
        all.push_back(*one.if_string());
    }
    return all;
}

Time refine(Time issued, std::string_view id) {
    const auto uuid = Uuid::parse(id);
    if (!uuid || (uuid->bytes[6] >> 4) != 7) {
        return issued;
    }
    const Time made = from_unix_ms(uuid->unix_ms());
    return made - issued >= std::chrono::seconds{0} && made - issued < std::chrono::seconds{1}
               ? made
               : issued;
}

struct Read {
    Claims claims;
    std::optional<Time> issued_at;
    std::optional<Time> not_before;
};

Read read_all(const wire::Value& payload) {
    Read out;
    out.claims.subject = take_text(payload, "sub");
    out.claims.session = take_text(payload, "sid");
    out.claims.name = take_text(payload, "name");
    out.claims.role = take_text(payload, "role");
    out.claims.issuer = take_text(payload, "iss");
    out.claims.id = take_text(payload, "jti");
    out.claims.audience = take_audience(payload);
    out.issued_at = take_time(payload, "iat");
    out.not_before = take_time(payload, "nbf");
    const auto expires_at = take_time(payload, "exp");
    if (out.claims.subject.empty() || !expires_at) {
        refuse();
    }
    out.claims.expires_at = *expires_at;
    out.claims.issued_at = refine(out.issued_at.value_or(Time{}), out.claims.id);
    return out;
}

std::optional<TokenError> find_error(const Read& read, const ClaimRules& rules, Time now) {
    const Claims& claims = read.claims;
    if (!rules.issuer.empty() && claims.issuer != rules.issuer) {
        return TokenError::wrong_issuer;
    }
    if (!rules.audience.empty() &&
        std::ranges::find(claims.audience, rules.audience) == claims.audience.end()) {
        return TokenError::wrong_audience;
    }
    if (is_expired(claims, rules, now)) {
        return TokenError::expired;
    }
    const Time latest = now + rules.skew;
    if (read.not_before.value_or(latest) > latest || read.issued_at.value_or(latest) > latest) {
        return TokenError::not_yet_valid;
    }
    return std::nullopt;
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
    out.append(out.empty() ? "{\"" : ",\"").append(name).append("\":");
    wire::append_json_string(out, text);
}

std::string to_seconds_text(Time time) {
    return std::to_string(
        std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

}  // namespace

std::string make_token_id(Time issued_at) {
    // Not Uuid::make_at: it may move the time forward to keep ids in order.
    Uuid id = Uuid::make();
    const auto ms = static_cast<std::uint64_t>(to_unix_ms(issued_at));
    for (std::size_t i = 0; i < 6; ++i) {
        id.bytes[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
    }
    return id.to_string();
}

std::string to_payload(const Claims& claims) {
    std::string out;
    append_member(out, "iss", claims.issuer);
    append_member(out, "sub", claims.subject);
    if (claims.audience.size() == 1) {
        append_member(out, "aud", claims.audience.front());
    } else {
        const wire::Array all(claims.audience.begin(), claims.audience.end());
        out.append(R"(,"aud":)").append(wire::to_json(wire::Value{all}));
    }
    out.append(R"(,"exp":)").append(to_seconds_text(claims.expires_at));
    out.append(R"(,"iat":)").append(to_seconds_text(claims.issued_at));
    append_member(out, "jti", claims.id);
    append_member(out, "sid", claims.session);
    append_member(out, "name", claims.name);
    append_member(out, "role", claims.role);
    out.push_back('}');
    return out;
}

std::expected<Claims, TokenError> read_claims(std::string_view payload, const ClaimRules& rules,
                                              Time now) {
    Read read;
    try {
        const wire::Value value = wire::parse(payload, {.depth_max = 8});
        if (value.if_object() == nullptr) {
            return std::unexpected{TokenError::malformed};
        }
        read = read_all(value);
    } catch (const Failure&) {
        return std::unexpected{TokenError::malformed};
    }
    if (const auto error = find_error(read, rules, now)) {
        return std::unexpected{*error};
    }
    return std::move(read.claims);
}

bool is_expired(const Claims& claims, const ClaimRules& rules, Time now) {
    return now >= claims.expires_at + rules.expiry_skew;
}

}  // namespace loquat::net::jose
