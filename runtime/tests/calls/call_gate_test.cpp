#include "runtime/calls/call_gate.hpp"

#include <gtest/gtest.h>

namespace loquat::runtime {
namespace {

const Module auth{.name = "auth"};
const Module model{.name = "model"};
const Module chat{.name = "chat", .calls = {{"auth"}, {"model", Need::optional}}};
const Module gateway{.name = "gateway", .start = Start::last, .calls = {{"auth"}}};
const std::vector<const Module*> everybody{&auth, &model, &chat, &gateway};

struct CallGateTest : testing::Test {
    CallGate at_auth{everybody, {"auth"}, "the internal key"};
    CallGate at_model{everybody, {"model"}, "the internal key"};

    static std::string key(const char* caller, const char* callee) {
        return make_call_key("the internal key", caller, callee);
    }
};

TEST_F(CallGateTest, knows_a_service_by_the_key_for_these_two) {
    const Peer peer = at_auth.identify(key("chat", "auth"));

    EXPECT_EQ(peer.kind, PeerKind::service);
    EXPECT_EQ(peer.caller, "chat");
    EXPECT_EQ(peer.callee, "auth");
    EXPECT_TRUE(at_auth.allows(peer, "auth"));
}

TEST_F(CallGateTest, does_not_take_a_key_that_was_shown_to_somebody_else) {
    EXPECT_EQ(at_model.identify(key("chat", "auth")).kind, PeerKind::stranger)
        << "a callee that was broken into calls nobody in its callers' names";
}

TEST_F(CallGateTest, knows_who_calls_without_being_in_the_table_and_refuses) {
    const Peer peer = at_auth.identify(key("model", "auth"));

    EXPECT_EQ(peer.kind, PeerKind::service);
    EXPECT_FALSE(at_auth.allows(peer, "auth"));
}

TEST_F(CallGateTest, lets_the_gateway_pass_requests_to_everybody) {
    EXPECT_TRUE(at_model.allows(at_model.identify(key("gateway", "model")), "model"));
}

TEST_F(CallGateTest, a_key_is_for_one_service_of_a_process) {
    const CallGate both{everybody, {"auth", "model"}, "the internal key"};
    const Peer peer = both.identify(key("chat", "auth"));

    EXPECT_TRUE(both.allows(peer, "auth"));
    EXPECT_FALSE(both.allows(peer, "model"));
}

TEST_F(CallGateTest, the_internal_key_itself_is_an_operators) {
    const Peer peer = at_auth.identify("the internal key");

    EXPECT_EQ(peer.kind, PeerKind::operator_);
    EXPECT_TRUE(at_auth.allows(peer, "auth"));
}

TEST_F(CallGateTest, everything_else_is_a_strangers) {
    const std::string good = key("chat", "auth");
    std::string changed = good;
    changed.back() = changed.back() == 'A' ? 'B' : 'A';
    for (const std::string& shown :
         {std::string{}, std::string{"chat"}, std::string{"chat."}, std::string{"."},
          std::string{"the internal ke"}, std::string{"shop."} + good.substr(5),
          "auth." + good.substr(5), good + "=", good.substr(0, good.size() - 1), changed,
          make_call_key("another key", "chat", "auth"), std::string(100'000, 'x')}) {
        const Peer peer = at_auth.identify(shown);
        EXPECT_EQ(peer.kind, PeerKind::stranger) << shown.substr(0, 80);
        EXPECT_FALSE(at_auth.allows(peer, "auth"));
    }
}

TEST_F(CallGateTest, derives_keys_as_rfc_5869_says) {
    // Python: HKDF-SHA256 of b"the internal key" without salt, info b"loquat call chat auth".
    EXPECT_EQ(key("chat", "auth"), "chat.RCh3OUQZn5MxLqYkLPwNDOG8EdFeThkszljUeU6Ziak");
}

}  // namespace
}  // namespace loquat::runtime
