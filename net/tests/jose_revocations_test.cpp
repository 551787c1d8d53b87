#include "net/jose/revocations.hpp"

#include <gtest/gtest.h>

namespace loquat::net::jose {
namespace {

using namespace std::chrono_literals;

TEST(Revocations, hold_what_still_matters_and_not_what_was_ever_revoked) {
    Revocations revocations{65'536};
    FakeClock clock;
    std::size_t most = 0;

    for (int i = 0; i < 50'000; ++i) {
        clock.advance(1s);
        revocations.revoke_session("session " + std::to_string(i), clock.now() + 15min,
                                   clock.now());
        most = std::max(most, revocations.size());
    }

    EXPECT_LE(most, 15U * 60U + 1024U);
    Claims last{.subject = "ann", .session = "session 49999"};
    last.issued_at = clock.now();
    EXPECT_TRUE(revocations.covers(last));
    last.session = "session 50000";
    EXPECT_FALSE(revocations.covers(last)) << "nobody else is refused for want of room";
}

TEST(Revocations, refuse_more_and_never_fewer_when_all_of_them_matter) {
    Revocations revocations{100};
    FakeClock clock;

    for (int i = 0; i < 101; ++i) {
        revocations.revoke_session("session " + std::to_string(i), clock.now() + 15min,
                                   clock.now());
        clock.advance(1ms);
    }

    Claims first{.subject = "ann", .session = "session 0"};
    EXPECT_TRUE(revocations.covers(first));
    EXPECT_LE(revocations.size(), 100U);
}

}  // namespace
}  // namespace loquat::net::jose
