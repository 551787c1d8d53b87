#include <gtest/gtest.h>
#include <openssl/evp.h>

#include "base/bytes.hpp"
#include "net/jose/verifier.hpp"

namespace loquat::net::jose {
namespace {

using namespace std::chrono_literals;

struct Verifying : testing::Test {
    FakeClock clock;
    Key key = Key::generate(Algorithm::eddsa);
    TokenVerifier::Options options{.rules = {.issuer = "us", .audience = "app"}};

    TokenVerifier make() { return TokenVerifier{KeySet{{key}}, options, clock}; }

    std::string issue(std::string user, std::string session = "s1") {
        const Claims claims{.subject = std::move(user),
                            .session = std::move(session),
                            .issuer = "us",
                            .audience = {"app"},
                            .expires_at = clock.now() + 15min,
                            .issued_at = clock.now(),
                            .id = make_token_id(clock.now())};
        return sign_compact(to_payload(claims), key);
    }

    static std::string outcome(TokenVerifier& verifier, const std::string& token) {
        const auto result = verifier.verify(token);
        return result ? "accepted" : std::string{to_text(result.error())};
    }
};

TEST_F(Verifying, computes_a_signature_once_a_token) {
    TokenVerifier verifier = make();
    const std::string token = issue("ann");

    const auto first = verifier.verify(token);
    const auto second = verifier.verify(token);

    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->get(), second->get());
    EXPECT_EQ(verifier.counts().misses, 1U);
    EXPECT_EQ(verifier.counts().hits, 1U);
}

TEST_F(Verifying, remembered_tokens_still_expire) {
    TokenVerifier verifier = make();
    const std::string token = issue("ann");
    ASSERT_EQ(outcome(verifier, token), "accepted");

    clock.advance(15min);

    EXPECT_EQ(outcome(verifier, token), "expired");
    EXPECT_EQ(verifier.size(), 0U);
}

TEST_F(Verifying, revoked_sessions_end_at_once_and_others_live_on) {
    TokenVerifier verifier = make();
    const std::string ended = issue("ann", "s1");
    const std::string other = issue("ann", "s2");
    ASSERT_EQ(outcome(verifier, ended), "accepted");
    ASSERT_EQ(outcome(verifier, other), "accepted");

    verifier.revoke_session("s1", clock.now() + 15min);

    EXPECT_EQ(outcome(verifier, ended), "revoked");
    EXPECT_EQ(outcome(verifier, issue("ann", "s1")), "revoked");
    EXPECT_EQ(outcome(verifier, other), "accepted");
}

TEST_F(Verifying, a_users_tokens_from_before_are_refused_and_later_ones_of_that_second_accepted) {
    TokenVerifier verifier = make();
    const std::string before = issue("ann", "s1");
    const std::string neighbour = issue("bob", "s2");
    ASSERT_EQ(outcome(verifier, before), "accepted");

    clock.advance(100ms);
    verifier.revoke_user("ann", clock.now(), clock.now() + 15min);
    clock.advance(100ms);

    EXPECT_EQ(outcome(verifier, before), "revoked");
    EXPECT_EQ(outcome(verifier, neighbour), "accepted");
    EXPECT_EQ(outcome(verifier, issue("ann", "s3")), "accepted");
}

TEST_F(Verifying, forgets_the_least_used_and_stays_within_its_bound) {
    options.entries_max = 4;
    TokenVerifier verifier = make();
    const std::string busy = issue("busy");
    ASSERT_EQ(outcome(verifier, busy), "accepted");

    for (int i = 0; i < 40; ++i) {
        ASSERT_EQ(outcome(verifier, issue("u" + std::to_string(i))), "accepted");
        ASSERT_EQ(outcome(verifier, busy), "accepted");
    }

    EXPECT_EQ(verifier.size(), 4U);
    EXPECT_EQ(verifier.counts().evicted, 37U);
    EXPECT_EQ(verifier.counts().hits, 40U) << "the busy one was never forgotten";
}

TEST_F(Verifying, remembers_nothing_bad) {
    TokenVerifier verifier = make();
    std::string token = issue("ann");
    token[token.find('.') + 5] ^= 1;

    EXPECT_NE(outcome(verifier, token), "accepted");
    EXPECT_NE(outcome(verifier, token), "accepted");
    EXPECT_EQ(verifier.size(), 0U);
    EXPECT_EQ(verifier.counts().refused, 2U);
}

TEST_F(Verifying, works_without_a_memory) {
    options.entries_max = 0;
    TokenVerifier verifier = make();
    const std::string token = issue("ann");

    EXPECT_EQ(outcome(verifier, token), "accepted");
    EXPECT_EQ(outcome(verifier, token), "accepted");
    EXPECT_EQ(verifier.counts().misses, 2U);
}

TEST_F(Verifying, key_rotation_keeps_the_tokens_of_keys_that_stay) {
    TokenVerifier verifier = make();
    const std::string old_token = issue("ann");
    const Key old_key = std::exchange(key, Key::generate(Algorithm::eddsa));
    const std::string new_token = issue("ann");
    ASSERT_EQ(outcome(verifier, old_token), "accepted");
    ASSERT_EQ(outcome(verifier, new_token), "unknown_key");

    verifier.replace_keys(KeySet{{old_key, key}});

    EXPECT_EQ(outcome(verifier, old_token), "accepted");
    EXPECT_EQ(verifier.counts().hits, 1U);
    EXPECT_EQ(outcome(verifier, new_token), "accepted");

    verifier.replace_keys(KeySet{{key}});

    EXPECT_EQ(outcome(verifier, old_token), "unknown_key");
    EXPECT_EQ(outcome(verifier, new_token), "accepted");
}

TEST_F(Verifying, refuses_tokens_made_for_something_else) {
    TokenVerifier verifier = make();
    const std::string payload = R"({"iss":"us","aud":"app","sub":"u","exp":9999999999})";

    EXPECT_EQ(outcome(verifier, sign_compact(payload, key, "JWT")), "accepted");
    EXPECT_EQ(outcome(verifier, sign_compact(payload, key, "at+JWT")), "accepted");
    EXPECT_EQ(outcome(verifier, sign_compact(payload, key, "logout+jwt")), "wrong_type");
}

TEST_F(Verifying, too_many_revocations_refuse_more_and_never_fewer) {
    options.revocations_max = 8;
    TokenVerifier verifier = make();
    const std::string bystander = issue("bob", "bystander");
    ASSERT_EQ(outcome(verifier, bystander), "accepted");

    clock.advance(1s);
    for (int i = 0; i < 9; ++i) {
        verifier.revoke_session("ended" + std::to_string(i), clock.now() + 15min);
    }

    EXPECT_EQ(outcome(verifier, bystander), "revoked");
    EXPECT_EQ(outcome(verifier, issue("bob", "ended8")), "revoked");
    EXPECT_EQ(outcome(verifier, issue("bob", "fresh")), "accepted");
}

TEST(Revocations, of_a_person_never_shrink_and_spare_what_was_issued_at_that_moment) {
    FakeClock clock;
    Revocations revocations{8};
    const Time early = clock.now();
    clock.advance(1min);
    const Time late = clock.now();
    revocations.revoke_user("ann", late, late + 1h, late);

    revocations.revoke_user("ann", early, early + 1min, late);

    EXPECT_TRUE(revocations.covers({.subject = "ann", .issued_at = late - 1ms}));
    EXPECT_FALSE(revocations.covers({.subject = "ann", .issued_at = late}));
}

TEST(Revocations, are_forgotten_only_after_their_time) {
    FakeClock clock;
    Revocations revocations{2};
    revocations.revoke_session("first", clock.now() + 1h, clock.now());
    clock.advance(1h);
    revocations.revoke_session("second", clock.now() + 1h, clock.now());

    revocations.revoke_session("third", clock.now() + 1h, clock.now());

    EXPECT_FALSE(revocations.covers({.session = "first", .issued_at = clock.now()}));
    EXPECT_TRUE(revocations.covers({.session = "second", .issued_at = clock.now()}));
    EXPECT_TRUE(revocations.covers({.session = "third", .issued_at = clock.now()}));
    EXPECT_EQ(revocations.size(), 2U);
}

std::string sip_by_openssl(const SipKey& key, std::string_view text) {
    std::string out(16, '\0');
    std::size_t size = 16;
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_size_t("size", &size),
                                 OSSL_PARAM_construct_end()};
    EVP_Q_mac(nullptr, "SIPHASH", nullptr, nullptr, params, key.data(), 16,
              reinterpret_cast<const unsigned char*>(text.data()), text.size(),
              reinterpret_cast<unsigned char*>(out.data()), out.size(), &size);
    return out;
}

TEST(SipHash, is_what_openssl_computes_for_every_length) {
    const SipKey key{0x0706050403020100, 0x0f0e0d0c0b0a0908};
    std::string text;

    for (int i = 0; i < 300; ++i) {
        const SipHash hash = sip_hash(key, text);
        const std::string_view bytes{reinterpret_cast<const char*>(hash.data()), 16};
        ASSERT_EQ(to_hex(bytes), to_hex(sip_by_openssl(key, text))) << i;
        text.push_back(static_cast<char>(i));
    }
}

}  // namespace
}  // namespace loquat::net::jose
