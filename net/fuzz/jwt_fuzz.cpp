#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/check.hpp"
#include "net/jose/verifier.hpp"

using namespace loquat;
using namespace loquat::net::jose;

namespace {

struct World {
    FakeClock clock;
    Key key = Key::from_secret("0123456789abcdef0123456789abcdef").with_kid("k");
    TokenVerifier verifier{KeySet{{key}}, {.rules = {}, .entries_max = 64}, clock};
};

World& world() {
    static World one;
    return one;
}

// Reaches what stands behind the signature: any header and payload, signed rightly.
void try_signed(std::string_view header, std::string_view payload) {
    World& w = world();
    std::string token = to_base64url(header) + '.' + to_base64url(payload);
    token += '.' + to_base64url(w.key.sign(token));
    const auto first = w.verifier.verify(token);
    const auto again = w.verifier.verify(token);
    LOQUAT_CHECK(first.has_value() == again.has_value(), "memory does not change the answer");
    if (first) {
        LOQUAT_CHECK((*first)->expires_at > w.clock.now(), "an expired token is refused");
        LOQUAT_CHECK(!(*first)->subject.empty(), "a token has a subject");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto raw = world().verifier.verify(text);
    // Without the secret nobody makes a token that passes.
    LOQUAT_CHECK(!raw.has_value(), "a forged token is refused");
    const auto half = text.find('\n');
    if (half != std::string_view::npos) {
        try_signed(text.substr(0, half), text.substr(half + 1));
    }
    try_signed(R"({"alg":"HS256","kid":"k"})", text);
    try {
        KeySet::from_jwks(text);
    } catch (const Failure&) {
        return 0;
    }
    return 0;
}
