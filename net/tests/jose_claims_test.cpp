#include <gtest/gtest.h>

#include "net/jose/claims.hpp"

namespace loquat::net::jose {
namespace {

using namespace std::chrono_literals;

const Time now = FakeClock{}.now();
const ClaimRules rules{.issuer = "us", .audience = "app"};

std::string seconds(std::chrono::seconds offset) {
    return std::to_string(to_unix_ms(now + offset) / 1000);
}

// A good payload with further members, which come first.
std::string payload(std::string_view extra, std::string_view expires = "") {
    return std::string{"{"}.append(extra) + R"("iss":"us","aud":"app","sub":"u","exp":)" +
           (expires.empty() ? seconds(900s) : std::string{expires}) + "}";
}

std::string outcome(const std::string& text, const ClaimRules& by = rules) {
    const auto claims = read_claims(text, by, now);
    return claims ? "accepted" : std::string{to_text(claims.error())};
}

TEST(Claims, round_trip) {
    const Claims claims{.subject = "u",
                        .session = "s",
                        .name = "Zo\u00eb \"Z\"",
                        .role = "admin",
                        .issuer = "us",
                        .audience = {"app"},
                        .expires_at = now + 15min,
                        .issued_at = now,
                        .id = "j"};

    const auto read = read_claims(to_payload(claims), rules, now);

    ASSERT_TRUE(read);
    EXPECT_EQ(read->name, claims.name);
    EXPECT_EQ(read->session, "s");
    EXPECT_EQ(read->role, "admin");
    EXPECT_EQ(read->expires_at, now + 15min);
    EXPECT_EQ(read->issued_at, now);
}

TEST(Claims, expire_without_grace_unless_configured) {
    const ClaimRules lenient{.issuer = "us", .audience = "app", .expiry_skew = 60s};

    EXPECT_EQ(outcome(payload("", seconds(1s))), "accepted");
    EXPECT_EQ(outcome(payload("", seconds(0s))), "expired");
    EXPECT_EQ(outcome(payload("", seconds(-59s)), lenient), "accepted");
    EXPECT_EQ(outcome(payload("", seconds(-60s)), lenient), "expired");
}

TEST(Claims, allow_a_minute_of_clock_skew_for_nbf_and_iat) {
    EXPECT_EQ(outcome(payload(R"("nbf":)" + seconds(60s) + ',')), "accepted");
    EXPECT_EQ(outcome(payload(R"("nbf":)" + seconds(61s) + ',')), "not_yet_valid");
    EXPECT_EQ(outcome(payload(R"("iat":)" + seconds(60s) + ',')), "accepted");
    EXPECT_EQ(outcome(payload(R"("iat":)" + seconds(61s) + ',')), "not_yet_valid");
}

TEST(Claims, must_name_issuer_and_audience) {
    const std::string exp = R"("exp":)" + seconds(9s) + '}';

    EXPECT_EQ(outcome(R"({"iss":"them","aud":"app","sub":"u",)" + exp), "wrong_issuer");
    EXPECT_EQ(outcome(R"({"aud":"app","sub":"u",)" + exp), "wrong_issuer");
    EXPECT_EQ(outcome(R"({"iss":"us","sub":"u",)" + exp), "wrong_audience");
    EXPECT_EQ(outcome(R"({"iss":"us","aud":["x","y"],"sub":"u",)" + exp), "wrong_audience");
    EXPECT_EQ(outcome(R"({"iss":"us","aud":["x","app"],"sub":"u",)" + exp), "accepted");
    EXPECT_EQ(outcome(R"({"sub":"u",)" + exp, ClaimRules{}), "accepted");
}

TEST(Claims, of_the_wrong_type_make_the_token_unreadable) {
    for (const char* text :
         {"", "null", "[]", "7", R"({"sub":"u"})", R"({"sub":"u","exp":"9999999999"})",
          R"({"sub":"u","exp":true})", R"({"sub":"u","exp":-1})", R"({"sub":"u","exp":1e300})",
          R"({"sub":7,"exp":9999999999})", R"({"exp":9999999999})",
          R"({"sub":"u","exp":9999999999,"aud":7})", R"({"sub":"u","exp":9999999999,"aud":[7]})",
          R"({"sub":"u","exp":9999999999,"exp":9999999999})"}) {
        EXPECT_EQ(outcome(text, ClaimRules{}), "malformed") << text;
    }
}

TEST(Claims, take_the_millisecond_of_issue_from_a_uuidv7) {
    const std::string within = make_token_id(now + 250ms);
    const std::string elsewhere = make_token_id(now + 1250ms);
    const std::string iat = R"("iat":)" + seconds(0s) + R"(,"jti":")";

    EXPECT_EQ(read_claims(payload(iat + within + "\","), rules, now)->issued_at, now + 250ms);
    EXPECT_EQ(read_claims(payload(iat + elsewhere + "\","), rules, now)->issued_at, now);
}

}  // namespace
}  // namespace loquat::net::jose
