#include "services/realtime/tests/harness.hpp"

namespace loquat::realtime::testing {
namespace {

using net::stomp::Command;

class Connect : public RealtimeTest {};

TEST_F(Connect, answers_with_version_heart_beat_and_user_name) {
    Client& ann = client();

    ann.connect();

    const auto frame = ann.take_one();
    EXPECT_EQ(frame.command, Command::connected);
    EXPECT_EQ(header(frame, "version"), "1.2");
    EXPECT_EQ(header(frame, "heart-beat"), "10000,10000");
    EXPECT_EQ(header(frame, "user-name"), "ann");
}

TEST_F(Connect, takes_the_token_from_where_clients_can_put_it) {
    for (const char* headers :
         {"Authorization:Bearer ann", "Authorization: Bearer ann", "authorization:bearer ann",
          "access_token:ann", "token:ann", "login:x\npasscode:ann"}) {
        Client& one = client();
        one.send("CONNECT\naccept-version:1.1\n"s + headers + "\n\n");
        EXPECT_EQ(one.take_one().command, Command::connected) << headers;
    }
}

TEST_F(Connect, takes_the_token_of_the_upgrade) {
    Upgraded upgraded;
    upgraded.token = "bob";
    Client bob{loop, *node, std::move(upgraded)};

    bob.send("STOMP\naccept-version:1.2\nhost:x\n\n");

    EXPECT_EQ(header(bob.take_one(), "user-name"), "bob");
    bob.go_away();
}

TEST_F(Connect, takes_a_frame_that_came_with_the_upgrade) {
    Upgraded upgraded;
    net::websocket::append_masked_frame(upgraded.early, {.mask = 7},
                                        "CONNECT\naccept-version:1.2\ntoken:ann\n\n\0"sv);
    Client ann{loop, *node, std::move(upgraded)};

    EXPECT_EQ(ann.take_one().command, Command::connected);
    ann.go_away();
}

TEST_F(Connect, is_refused_without_or_with_a_bad_token) {
    Client& nobody = client();
    nobody.send("CONNECT\naccept-version:1.2\n\n");
    const auto required = nobody.take_one();
    Client& stranger = client();
    stranger.connect("forged");
    const auto invalid = stranger.take_one();

    EXPECT_EQ(required.command, Command::error);
    EXPECT_EQ(header(required, "code"), "auth.required");
    EXPECT_EQ(nobody.close_code, 4401);
    EXPECT_EQ(header(invalid, "code"), "auth.invalid_token");
    EXPECT_EQ(stranger.close_code, 4401);
    EXPECT_TRUE(stranger.end->server_shut);
}

TEST_F(Connect, is_refused_with_the_versions_spoken) {
    Client& ann = client();

    ann.send("CONNECT\naccept-version:2.0\ntoken:ann\n\n");

    const auto frame = ann.take_one();
    EXPECT_EQ(header(frame, "code"), "stomp.unsupported_version");
    EXPECT_EQ(header(frame, "version"), "1.0,1.1,1.2");
    EXPECT_EQ(ann.close_code, 1002);
}

TEST_F(Connect, must_come_first_and_once) {
    Client& early = client();
    early.send("SEND\ndestination:/app/chat\nreceipt:r\n\n{}");
    const auto first = early.take_one();
    Client& twice = connected();
    twice.connect();

    EXPECT_EQ(header(first, "code"), "stomp.not_connected");
    EXPECT_EQ(header(first, "receipt-id"), "r");
    EXPECT_EQ(header(twice.take_one(), "code"), "stomp.already_connected");
}

TEST_F(Connect, must_come_in_time) {
    Client& slow = client();

    pass(9s);
    EXPECT_TRUE(slow.take().empty());
    pass(2s);

    EXPECT_EQ(header(slow.take_one(), "code"), "auth.login_timeout");
    EXPECT_TRUE(slow.close_code.has_value());
}

TEST_F(Connect, may_be_only_a_few_kilobytes) {
    Client& ann = client();

    ann.send("CONNECT\naccept-version:1.2\nx:" + std::string(9000, 'x') + "\n\n");

    EXPECT_EQ(header(ann.take_one(), "code"), "request.too_large");
    EXPECT_EQ(ann.close_code, 1009);
}

TEST_F(Connect, answers_in_the_type_that_the_client_uses) {
    Client& binary = client();
    binary.type = Client::Type::binary;

    binary.connect();
    binary.subscribe("a", room);
    chat.post(room, "hello");
    run();

    EXPECT_EQ(binary.take().size(), 2U);
    for (const auto type : binary.types) {
        EXPECT_EQ(type, net::websocket::MessageType::binary);
    }
}

TEST_F(Connect, speaks_1_0_and_1_1_as_asked) {
    Client& old = client();
    old.send("CONNECT\ntoken:ann\n\n");
    const auto oldest = old.take_one();
    Client& middle = client();
    middle.send("CONNECT\naccept-version:1.0,1.1\ntoken:ann\n\n");
    const auto newer = middle.take_one();

    EXPECT_EQ(header(oldest, "version"), "1.0");
    EXPECT_EQ(header(newer, "version"), "1.1");
}

TEST_F(Connect, closes_on_a_websocket_violation) {
    Client& ann = connected();

    ann.send_raw("\x81\x03odd");

    EXPECT_TRUE(ann.take().empty());
    EXPECT_EQ(ann.close_code, 1002);
}

TEST_F(Connect, answers_the_closing_handshake_with_the_same_code) {
    Client& ann = connected();
    std::string close;
    net::websocket::append_masked_frame(close, {net::websocket::Opcode::close}, "\x0f\xa1"s);

    ann.send_raw(close);
    ann.run();

    EXPECT_EQ(ann.close_code, 4001);
    EXPECT_TRUE(ann.end->closed);
    EXPECT_EQ(node->counts().connections, 0U);
}

TEST_F(Connect, disconnect_gets_its_receipt_before_the_close) {
    Client& ann = connected();

    ann.send("DISCONNECT\nreceipt:close-1\n\n");

    const auto frame = ann.take_one();
    EXPECT_EQ(frame.command, Command::receipt);
    EXPECT_EQ(header(frame, "receipt-id"), "close-1");
    EXPECT_EQ(ann.close_code, 1000);
    EXPECT_FALSE(ann.end->closed) << "lingers for the client to close";
    pass(3s);
    EXPECT_TRUE(ann.end->closed);
}

TEST_F(Connect, tells_presence_who_comes_looks_away_and_goes) {
    Client& phone = connected("ann");
    Client& laptop = connected("ann");
    const UserId ann = tokens.users["ann"];
    EXPECT_EQ(presence.last[ann], std::pair(2, 0));

    phone.send("SEND\ndestination:/app/presence\n\n{\"state\":\"away\"}");
    EXPECT_EQ(presence.last[ann], std::pair(2, 1));

    phone.go_away();
    laptop.go_away();
    EXPECT_EQ(presence.last[ann], std::pair(0, 0));
}

}  // namespace
}  // namespace loquat::realtime::testing
