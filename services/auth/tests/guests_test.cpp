#include "services/auth/guests.hpp"

#include "services/auth/tests/world.hpp"

namespace loquat::auth {
namespace {

struct GuestWorld : World {
    Guests guests{{store, keys, signing, feed, clock}, {.issuer = "us", .audience = "app"}};
};

TEST_F(GuestWorld, a_guest_gets_a_token_of_its_own_that_says_so) {
    const auto one = run(guests.issue_guest({}, {}));
    const auto other = run(guests.issue_guest({}, {}));

    EXPECT_EQ(claims_of(one.token).role, "guest");
    EXPECT_EQ(claims_of(one.token).subject, one.user_id.to_string());
    EXPECT_NE(one.user_id, other.user_id);
    EXPECT_NE(one.session_id, other.session_id);
    EXPECT_EQ(run(guests.prove_guest({}, {one.token})).user_id, one.user_id);
}

TEST_F(GuestWorld, a_guest_that_was_ended_is_refused_everywhere_and_still_known) {
    const auto guest = run(guests.issue_guest({}, {}));

    run(guests.end_guest({}, {guest.session_id}));

    EXPECT_EQ(feed.published.back().session_id, guest.session_id);
    EXPECT_EQ(run(auth.list_revocations({}, {})).items.back().session_id, guest.session_id);
    EXPECT_EQ(run(guests.prove_guest({}, {guest.token})).session_id, guest.session_id);
}

TEST_F(GuestWorld, nobody_proves_to_be_a_guest_with_another_token) {
    const auto person = sign_up("ruth");
    const auto guest = run(guests.issue_guest({}, {}));

    EXPECT_EQ(run(code_of(guests.prove_guest({}, {person.access_token}))), "auth.invalid_token");
    EXPECT_EQ(run(code_of(guests.prove_guest({}, {"nonsense"}))), "auth.invalid_token");
    clock.advance(std::chrono::days{31});
    EXPECT_EQ(run(code_of(guests.prove_guest({}, {guest.token}))), "auth.token_expired");
}

TEST_F(GuestWorld, nobody_with_an_account_is_made_a_guest) {
    const auto admin = caller_of(sign_up("ruth"));
    const UserId id = sign_up("ben").user.id;
    const contracts::RoleRequest wish{id, contracts::Role::guest};

    EXPECT_EQ(run(code_of(auth.set_role(admin, wish))), "request.invalid");
    EXPECT_EQ(run(code_of(administration.set_account_role(admin, wish))), "request.invalid");
    EXPECT_EQ(run(code_of(administration.add_account(
                  admin, {.username = "carl", .role = contracts::Role::guest}))),
              "request.invalid");
}

}  // namespace
}  // namespace loquat::auth
