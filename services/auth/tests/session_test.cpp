#include <gtest/gtest.h>

#include "base/bytes.hpp"
#include "net/jose/digest.hpp"
#include "services/auth/domain/refresh_token.hpp"
#include "services/auth/domain/session.hpp"

namespace loquat::auth {
namespace {

using namespace std::chrono_literals;

struct Rotating : testing::Test {
    FakeClock clock;
    SessionRules rules;
    RefreshToken first = RefreshToken::make(SessionId::make());
    Session session{.id = first.session,
                    .expires_at = clock.now() + rules.idle_max,
                    .ends_at = clock.now() + rules.age_max,
                    .family_hash = first.family_hash(),
                    .secret_hash = first.secret_hash()};

    struct Outcome {
        Rotation rotation;
        RefreshToken next;  // as the caller would make it from the session's nonce
    };
    Outcome present(const RefreshToken& token) {
        const std::string nonce = make_nonce();
        const Rotation rotation = rotate(session,
                                         {.session = token.session,
                                          .family_hash = token.family_hash(),
                                          .secret_hash = token.secret_hash(),
                                          .next_hash = token.successor(nonce).secret_hash(),
                                          .next_nonce = nonce},
                                         rules, clock.now());
        return {rotation, token.successor(session.nonce)};
    }
};

TEST_F(Rotating, each_token_is_good_for_one_successor) {
    const auto second = present(first);
    const auto third = present(second.next);

    EXPECT_EQ(second.rotation, Rotation::rotated);
    EXPECT_EQ(third.rotation, Rotation::rotated);
    EXPECT_NE(third.next.secret, second.next.secret);
    EXPECT_EQ(session.secret_hash, third.next.secret_hash());
}

TEST_F(Rotating, asking_twice_within_the_grace_gives_the_same_successor) {
    const auto once = present(first);
    clock.advance(10s);
    const auto twice = present(first);

    EXPECT_EQ(twice.rotation, Rotation::repeated);
    EXPECT_EQ(twice.next.secret, once.next.secret);
    EXPECT_EQ(present(once.next).rotation, Rotation::rotated);
}

TEST_F(Rotating, a_spent_token_after_the_grace_ends_the_family) {
    const auto once = present(first);
    clock.advance(10s + 1ms);

    EXPECT_EQ(present(first).rotation, Rotation::reused);
    EXPECT_EQ(present(once.next).rotation, Rotation::ended);
    EXPECT_FALSE(is_live(session, clock.now()));
}

TEST_F(Rotating, grace_is_for_the_immediate_predecessor_only) {
    const auto second = present(first);
    present(second.next);

    EXPECT_EQ(present(first).rotation, Rotation::reused);
}

TEST_F(Rotating, a_stranger_who_knows_the_session_id_ends_nothing) {
    RefreshToken guess = RefreshToken::make(session.id);

    EXPECT_EQ(present(guess).rotation, Rotation::unknown);
    EXPECT_TRUE(is_live(session, clock.now()));
    EXPECT_EQ(present(first).rotation, Rotation::rotated);
}

TEST_F(Rotating, idle_sessions_end_and_no_session_lives_beyond_its_age) {
    rules.idle_max = 10h;
    session.expires_at = clock.now() + 10h;
    session.ends_at = clock.now() + 15h;

    clock.advance(9h);
    const auto second = present(first);
    EXPECT_EQ(second.rotation, Rotation::rotated);
    EXPECT_EQ(session.expires_at, session.ends_at);

    clock.advance(6h);
    EXPECT_EQ(present(second.next).rotation, Rotation::unknown);
}

TEST(RefreshToken, survives_its_text_and_stores_only_hashes) {
    const auto token = RefreshToken::make(SessionId::make());

    const auto read = RefreshToken::parse(token.to_text());

    ASSERT_TRUE(read);
    EXPECT_EQ(read->session, token.session);
    EXPECT_EQ(read->secret, token.secret);
    EXPECT_EQ(token.secret.size(), 32U);
    EXPECT_EQ(token.secret_hash(), net::jose::sha256(token.secret));
    EXPECT_EQ(RefreshToken::parse(token.to_text() + "A"), std::nullopt);
    EXPECT_EQ(RefreshToken::parse("not a token"), std::nullopt);
    EXPECT_EQ(RefreshToken::parse(""), std::nullopt);
}

TEST(RefreshToken, successor_needs_both_the_token_and_the_nonce) {
    const auto token = RefreshToken::make(SessionId::make());
    const auto other = RefreshToken::make(token.session);
    const std::string nonce = make_nonce();

    EXPECT_EQ(token.successor(nonce).secret, token.successor(nonce).secret);
    EXPECT_NE(token.successor(nonce).secret, token.successor(make_nonce()).secret);
    EXPECT_NE(token.successor(nonce).secret, other.successor(nonce).secret);
}

// RFC 4231 test case 2, and the digest of "abc" from FIPS 180-2.
TEST(Digest, is_the_standard_one) {
    EXPECT_EQ(to_hex(net::jose::hmac_sha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(to_hex(net::jose::sha256("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace loquat::auth
