#include "services/auth/tests/world.hpp"

namespace loquat::auth {
namespace {

using namespace std::chrono_literals;

struct AuditWorld : World {
    // What was written of all that happens in `work`.
    std::vector<contracts::AuditRecord> observe(std::move_only_function<void()> work) {
        start_trail();
        work();
        run(audit.stop(std::chrono::steady_clock::now() + 5s));
        std::vector<contracts::AuditRecord> records;
        for (const auto& record :
             run(log.read({std::string{contracts::records::audit.topic}}, 0, {}))) {
            records.push_back(contracts::decode<contracts::AuditRecord>(record->payload).value());
        }
        return records;
    }

  private:
    void start_trail() {
        run([this]() -> Task<void> {
            audit.start();
            co_return;
        }());
    }
};

using Acts = std::vector<std::string>;

Acts actions_of(const std::vector<contracts::AuditRecord>& records) {
    Acts actions;
    for (const contracts::AuditRecord& record : records) {
        actions.push_back(record.action);
    }
    return actions;
}

TEST_F(AuditWorld, tells_who_signed_in_and_out_and_from_where) {
    UserId ann;
    const auto records = observe([&] {
        sign_up("ann");
        const auto session = sign_in("ann");
        ann = session.user.id;
        run(auth.logout(caller_of(session), {}));
        run(auth.logout_all(caller_of(session), {}));
    });

    ASSERT_EQ(actions_of(records), (Acts{"auth.registered", "auth.signed_in", "auth.signed_out",
                                         "auth.signed_out_everywhere"}));
    for (const contracts::AuditRecord& record : records) {
        EXPECT_EQ(record.actor, ann);
        EXPECT_EQ(record.actor_name, "ann");
        EXPECT_EQ(record.subject, ann.to_string());
        EXPECT_EQ(record.outcome, "done");
        EXPECT_EQ(record.address, "192.0.2.1");
        EXPECT_EQ(record.user_agent, "test");
    }
}

TEST_F(AuditWorld, tells_of_failed_sign_ins_once_a_minute_and_never_what_was_typed) {
    UserId ann;
    const auto records = observe([&] {
        ann = sign_up("ann").user.id;
        for (int i = 0; i < 4; ++i) {
            code_of([&] { sign_in("ann", "my-secret-typo"); });
        }
        code_of([&] { sign_in("my-password-in-the-wrong-field", "ann"); });
        clock.advance(61s);
        code_of([&] { sign_in("ann", "my-secret-typo"); });
    });

    ASSERT_EQ(actions_of(records),
              (Acts{"auth.registered", "auth.sign_in_failed", "auth.sign_in_failed",
                    "auth.sign_in_failed", "auth.sign_in_failed"}));
    EXPECT_EQ(records[1].outcome, "auth.invalid_credentials");
    EXPECT_EQ(records[1].subject, ann.to_string());
    EXPECT_EQ(records[1].actor, std::nullopt);
    EXPECT_EQ(records[2].subject, "");
    EXPECT_EQ(records[3].id, records[1].id);
    EXPECT_EQ(records[3].count, 4);
    EXPECT_EQ(records[4].count, 1);
    for (const contracts::AuditRecord& record : records) {
        const std::string bytes = contracts::encode(record);
        EXPECT_EQ(bytes.find("secret"), std::string::npos);
        EXPECT_EQ(bytes.find("my-password"), std::string::npos);
    }
}

TEST_F(AuditWorld, tells_when_guessing_is_slowed_down) {
    const auto records = observe([&] {
        sign_up("ann");
        for (int i = 0; i < 20; ++i) {
            code_of([&] { sign_in("ann", "wrong"); });
        }
    });

    EXPECT_EQ(std::ranges::count(records, "rate.limited", &contracts::AuditRecord::outcome), 2);
    EXPECT_LE(records.size(), 5U);
}

TEST_F(AuditWorld, tells_of_passwords_sessions_roles_and_keys) {
    const auto records = observe([&] {
        const auto ann = sign_up("ann");
        const auto bob = sign_up("bob");
        const auto other = sign_in("ann");
        const auto caller = caller_of(ann);
        code_of([&] {
            run(auth.change_password(
                caller, {.current_password = "wrong", .new_password = "another long secret"}));
        });
        code_of([&] {
            run(auth.change_password(caller,
                                     {.current_password = password, .new_password = "ann"}));
        });
        run(auth.delete_session(caller, {caller_of(other).session}));
        run(auth.change_password(
            caller, {.current_password = password, .new_password = "another long secret"}));
        run(auth.set_role(caller, {.id = bob.user.id, .role = contracts::Role::admin}));
        run(auth.set_role(caller, {.id = bob.user.id, .role = contracts::Role::admin}));
        run(auth.rotate_keys(caller, {}));
    });

    EXPECT_EQ(actions_of(records),
              (Acts{"auth.registered", "auth.registered", "auth.signed_in",
                    "auth.password_change_failed", "auth.session_ended", "auth.password_changed",
                    "auth.role_changed", "auth.keys_rotated"}));
    // The guess, not the refusal of a bad new password.
    EXPECT_EQ(records[3].outcome, "auth.invalid_credentials");
}

TEST_F(AuditWorld, tells_when_a_refresh_token_comes_twice) {
    UserId ann;
    const auto records = observe([&] {
        const auto session = sign_up("ann");
        ann = session.user.id;
        const auto second = refresh(session.refresh_token.value());
        refresh(second.refresh_token.value());
        clock.advance(1h);
        code_of([&] { refresh(session.refresh_token.value()); });
        code_of([&] { refresh(session.refresh_token.value()); });
    });

    ASSERT_EQ(actions_of(records), (Acts{"auth.registered", "auth.refresh_reused"}));
    EXPECT_EQ(records[1].actor, std::nullopt);
    EXPECT_EQ(records[1].subject, ann.to_string());
}

// The trail must not be a reason why nobody can sign in.
TEST_F(AuditWorld, signing_in_goes_on_when_nothing_is_written) {
    sign_up("ann");
    for (std::size_t i = 0; i < runtime::AuditTrail::waiting_max + 10; ++i) {
        audit.note(stranger(), {.action = "a.b"});
    }

    EXPECT_EQ(sign_in("ann").user.username, "ann");
}

}  // namespace
}  // namespace loquat::auth
