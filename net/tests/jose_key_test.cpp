#include <gtest/gtest.h>

#include "base/bytes.hpp"
#include "base/failure.hpp"
#include "net/jose/jwk.hpp"
#include "testing/failure_code.hpp"

namespace loquat::net::jose {
namespace {

constexpr std::array algorithms{Algorithm::rs256, Algorithm::es256, Algorithm::eddsa,
                                Algorithm::hs256};

using test::code_of;

class EachAlgorithm : public testing::TestWithParam<Algorithm> {};
INSTANTIATE_TEST_SUITE_P(Key, EachAlgorithm, testing::ValuesIn(algorithms),
                         [](const auto& test) { return std::string{to_text(test.param)}; });

TEST_P(EachAlgorithm, verifies_what_it_signed_and_nothing_else) {
    const Key key = Key::generate(GetParam());

    const std::string signature = key.sign("text");

    EXPECT_TRUE(key.verify("text", signature));
    EXPECT_FALSE(key.verify("texT", signature));
    EXPECT_FALSE(key.verify("text", ""));
    EXPECT_FALSE(key.verify("text", signature + '\0'));
    EXPECT_FALSE(key.verify("text", signature.substr(1)));
    EXPECT_FALSE(Key::generate(GetParam()).verify("text", signature));
}

TEST(Key, survives_pem_and_keeps_its_kid) {
    for (const Algorithm algorithm : {Algorithm::rs256, Algorithm::es256, Algorithm::eddsa}) {
        const Key key = Key::generate(algorithm);

        const Key secret_half = Key::from_pem(key.to_private_pem());
        const Key public_half = Key::from_pem(key.to_public_pem());

        EXPECT_TRUE(secret_half.can_sign());
        EXPECT_FALSE(public_half.can_sign());
        EXPECT_EQ(public_half.algorithm(), algorithm);
        EXPECT_EQ(secret_half.kid(), key.kid());
        EXPECT_TRUE(public_half.verify("text", secret_half.sign("text")));
    }
}

TEST_P(EachAlgorithm, survives_a_key_set_without_its_private_half) {
    const Key key = Key::generate(GetParam());
    KeySet set;
    set.add(key);

    const std::string text = set.to_jwks();
    const KeySet read = KeySet::from_jwks(text);

    if (GetParam() == Algorithm::hs256) {
        EXPECT_EQ(text, R"({"keys":[]})");
        return;
    }
    ASSERT_NE(read.find(key.kid()), nullptr);
    EXPECT_FALSE(read.find(key.kid())->can_sign());
    EXPECT_TRUE(read.find(key.kid())->verify("text", key.sign("text")));
    EXPECT_EQ(text.find("\"d\""), std::string::npos);
}

// The example of RFC 7638 section 3.1.
TEST(Kid, is_the_thumbprint_of_rfc_7638) {
    const wire::Value jwk = wire::parse(
        R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7)"
        R"(aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0)"
        R"(h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD0)"
        R"(8qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJ)"
        R"(zKnqDKgw","e":"AQAB","alg":"RS256"})");

    EXPECT_EQ(key_from_jwk(jwk).kid(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

// The key and thumbprint of RFC 8037 appendices A.2 and A.3.
TEST(Kid, is_the_thumbprint_of_rfc_8037_for_ed25519) {
    const wire::Value jwk = wire::parse(
        R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})");

    EXPECT_EQ(key_from_jwk(jwk).kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

TEST(Key, refuses_weak_and_foreign_keys) {
    const auto jwk = [](std::string_view text) {
        return code_of([&] { key_from_jwk(wire::parse(text)); });
    };
    const std::string point = to_base64url(std::string(32, '\x01'));
    const std::string small_rsa = to_base64url(std::string(128, '\xff'));

    EXPECT_EQ(code_of([] { Key::from_secret("short"); }), "jose.bad_key");
    EXPECT_EQ(code_of([] { Key::from_pem("-----BEGIN NOTHING-----"); }), "jose.bad_key");
    EXPECT_EQ(jwk(R"({"kty":"RSA","e":"AQAB","n":")" + small_rsa + "\"}"), "jose.bad_key");
    EXPECT_EQ(jwk(R"({"kty":"EC","crv":"P-256","x":")" + point + R"(","y":")" + point + "\"}"),
              "jose.bad_key")
        << "not on the curve";
    EXPECT_EQ(jwk(R"({"kty":"EC","crv":"P-521","x":"AA","y":"AA"})"), "jose.bad_key");
    EXPECT_EQ(jwk(R"({"kty":"OKP","crv":"Ed25519","x":"AA"})"), "jose.bad_key");
    EXPECT_EQ(jwk(R"({"kty":7})"), "jose.bad_key");
    EXPECT_EQ(jwk("[]"), "jose.bad_key");
}

TEST(Key, refuses_rsa_exponents_that_sign_nothing_or_cost_much) {
    const std::string n(256, '\xff');

    EXPECT_EQ(code_of([&] { Key::from_rsa(n, "\x01"); }), "jose.bad_key");
    EXPECT_EQ(code_of([&] { Key::from_rsa(n, "\x04"); }), "jose.bad_key");
    EXPECT_EQ(code_of([&] { Key::from_rsa(n, "\xff\xff\xff\xff\xff\xff\xff"); }), "jose.bad_key");
    EXPECT_EQ(code_of([&] { Key::from_rsa(std::string(2000, '\xff'), "\x03"); }), "jose.bad_key");
}

TEST(Key, refuses_small_rsa_exponents) {
    const std::string n = "\xC5" + std::string(255, '\xA7');

    for (const char* e : {"\x03", "\x11", "\x7F\xFF", "\xFF\xFF"}) {
        EXPECT_EQ(code_of([&] { Key::from_rsa(n, e); }), "jose.bad_key");
    }
    EXPECT_EQ(code_of([&] { Key::from_rsa(n, std::string{"\x01\x00\x01", 3}); }), "");
    EXPECT_EQ(
        code_of([&] { Key::from_rsa(n.substr(0, 255) + "\xA6", std::string{"\x01\x00\x01", 3}); }),
        "jose.bad_key")
        << "an even modulus";
}

// A modulus of two primes k * M + (65537^a mod M), M the product of the first 126 primes.
TEST(Key, refuses_the_fingerprint_of_roca) {
    const std::string modulus =
        "9zehPwRfS2M4sSY1uQtq2dWyIMS0pKqV_ey9Fy8uApUbpuSRIK678myqojGvi3gq8wH0Otqzl220mLMX"
        "OeZV2IW6j47PQU_sq209ZETStwUFGhIztWngfppSKwXOg97EsigCclkTASIocPm4hCgwbjJBf4iAoE-9"
        "brc0osc8VNsmtNZkmTFVU5Zi30arXnnBVCW3FH_o6cGXU4j2kP_kag6Zkkt6nfQPrI9-7YUFDbXyNcN-"
        "BNMeQCOcpD3odxMQ_nW30j3xTLoSu6d9zUu6shizxVWTLgg1QcRDCiDTDbIU5F_nYcumqkpcEF6nVEhO"
        "lFDoJjj8txHsXnRQkl2-Fw";

    EXPECT_EQ(code_of([&] {
                  key_from_jwk(wire::parse(R"({"kty":"RSA","e":"AQAB","n":")" + modulus + "\"}"));
              }),
              "jose.bad_key");
}

TEST(Key, that_is_sound_has_no_fingerprint_of_roca) {
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(code_of([] { Key::from_pem(Key::generate(Algorithm::rs256).to_public_pem()); }),
                  "");
    }
}

TEST(KeySet, leaves_out_what_it_cannot_use) {
    const Key key = Key::generate(Algorithm::eddsa).with_kid("one");
    const std::string weak = to_base64url("\xC5" + std::string(255, '\xA7'));
    const std::string text =
        R"({"keys":[{"kty":"unheard-of"},{"kty":"RSA","kid":"weak","e":"Aw","n":")" + weak +
        "\"}," + to_public_jwk(key) + "]}";

    const KeySet set = KeySet::from_jwks(text);

    ASSERT_EQ(set.keys().size(), 1U);
    EXPECT_EQ(set.keys()[0].to_thumbprint_json(), key.to_thumbprint_json());
}

TEST(KeySet, with_two_keys_of_one_kid_is_refused) {
    const auto set_of = [](const Key& a, const Key& b) {
        return R"({"keys":[)" + to_public_jwk(a) + ',' + to_public_jwk(b) + "]}";
    };
    const Key first = Key::generate(Algorithm::eddsa).with_kid("one");

    EXPECT_EQ(code_of([&] {
                  KeySet::from_jwks(set_of(first, Key::generate(Algorithm::eddsa).with_kid("one")));
              }),
              "jose.bad_key_set");
    EXPECT_EQ(code_of([&] {
                  KeySet::from_jwks(set_of(first, Key::generate(Algorithm::es256).with_kid("one")));
              }),
              "jose.bad_key_set");
    EXPECT_EQ(KeySet::from_jwks(set_of(first, first)).keys().size(), 1U) << "one key, twice";
}

TEST(KeySet, refuses_a_text_that_is_no_key_set) {
    EXPECT_EQ(code_of([] { KeySet::from_jwks("{}"); }), "jose.bad_key_set");
    EXPECT_EQ(code_of([] { KeySet::from_jwks("[1]"); }), "jose.bad_key_set");
    EXPECT_EQ(code_of([] { KeySet::from_jwks("{"); }), "request.malformed_json");
}

}  // namespace
}  // namespace loquat::net::jose
