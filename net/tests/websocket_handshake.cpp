#include <gtest/gtest.h>

#include "net/websocket/deflate.hpp"
#include "net/websocket/handshake.hpp"
#include "net/websocket/header_list.hpp"

namespace loquat::net::websocket {
namespace {

constexpr std::array<std::string_view, 3> stomp_protocols{"v12.stomp", "v11.stomp", "v10.stomp"};

UpgradeRequest good_request() {
    return {.method = "GET",
            .upgrade = "websocket",
            .connection = "keep-alive, Upgrade",
            .key = "dGhlIHNhbXBsZSBub25jZQ==",
            .version = "13"};
}

TEST(Handshake, answers_the_key_of_the_rfc_example) {
    const auto answer = check_handshake(good_request(), {.protocols = stomp_protocols});

    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    EXPECT_EQ(answer->protocol, "");
    EXPECT_EQ(answer->extensions, "");
}

TEST(Handshake, never_names_a_protocol_that_was_not_offered) {
    UpgradeRequest request = good_request();
    request.protocols = "chat, v10.stomp ,v11.stomp";

    const auto answer = check_handshake(request, {.protocols = stomp_protocols});
    request.protocols = "mqtt";
    const auto foreign = check_handshake(request, {.protocols = stomp_protocols});

    EXPECT_EQ(answer->protocol, "v11.stomp");
    EXPECT_EQ(foreign->protocol, "");
}

TEST(Handshake, is_refused_when_malformed) {
    const auto status_with = [](auto change) {
        UpgradeRequest request = good_request();
        change(request);
        const auto answer = check_handshake(request, {});
        return answer ? 101 : answer.error().status;
    };

    EXPECT_EQ(status_with([](UpgradeRequest& r) { r.method = "POST"; }), 400);
    EXPECT_EQ(status_with([](UpgradeRequest& r) { r.upgrade = "h2c"; }), 400);
    EXPECT_EQ(status_with([](UpgradeRequest& r) { r.connection = "close"; }), 400);
    EXPECT_EQ(status_with([](UpgradeRequest& r) { r.version = "8"; }), 426);
    EXPECT_EQ(status_with([](UpgradeRequest& r) { r.version = ""; }), 426);
    EXPECT_EQ(status_with([](UpgradeRequest& r) { r.key = "c2hvcnQ="; }), 400);
    EXPECT_EQ(status_with([](UpgradeRequest& r) { r.key = "not base64 at all!!!!!!!"; }), 400);
    EXPECT_EQ(status_with([](UpgradeRequest& r) { r.upgrade = "WebSocket"; }), 101);
}

TEST(DeflateOffer, is_accepted_without_context_takeover) {
    constexpr std::string_view agreed =
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    for (const char* offer :
         {"permessage-deflate", "permessage-deflate; client_max_window_bits",
          "permessage-deflate; client_max_window_bits=8",
          "permessage-deflate;client_max_window_bits=15",
          "x-webkit-deflate-frame, permessage-deflate",
          "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
          "permessage-deflate; server_max_window_bits=8, "
          "permessage-deflate; client_max_window_bits=\"12\""}) {
        const auto answer = accept_deflate_offer(offer);

        ASSERT_TRUE(answer) << offer;
        EXPECT_EQ(answer->extensions, agreed) << offer;
        EXPECT_EQ(answer->window_bits, 15) << offer;
    }
}

TEST(DeflateOffer, is_accepted_with_every_window_that_zlib_has) {
    for (int bits = 9; bits <= 15; ++bits) {
        const std::string parameter = "server_max_window_bits=" + std::to_string(bits);
        const auto answer = accept_deflate_offer("permessage-deflate; client_max_window_bits; " +
                                                 parameter + ", permessage-deflate");

        ASSERT_TRUE(answer) << bits;
        EXPECT_EQ(answer->window_bits, bits);
        EXPECT_TRUE(answer->extensions.ends_with("; " + parameter)) << answer->extensions;
    }
}

TEST(DeflateOffer, is_declined_when_unknown_or_malformed) {
    EXPECT_FALSE(accept_deflate_offer(""));
    EXPECT_FALSE(accept_deflate_offer("permessage-deflate; server_max_window_bits=8"));
    EXPECT_FALSE(accept_deflate_offer("permessage-deflate; server_max_window_bits"));
    EXPECT_FALSE(accept_deflate_offer("permessage-deflate; server_max_window_bits=7"));
    EXPECT_FALSE(accept_deflate_offer("permessage-deflate; server_max_window_bits=16"));
    EXPECT_FALSE(accept_deflate_offer("permessage-deflate; server_max_window_bits=09"));
    EXPECT_FALSE(accept_deflate_offer("permessage-deflate; server_max_window_bits=+9"));
    EXPECT_FALSE(accept_deflate_offer("permessage-deflate; server_max_window_bits=\"\""));
    EXPECT_FALSE(accept_deflate_offer(
        "permessage-deflate; server_max_window_bits=9; server_max_window_bits=9"));
    EXPECT_FALSE(accept_deflate_offer("permessage-deflate; client_max_window_bits=7"));
    EXPECT_FALSE(accept_deflate_offer("permessage-deflate; client_no_context_takeover=true"));
    EXPECT_FALSE(accept_deflate_offer("permessage-deflate; client_max_window_bits=16"));
    EXPECT_FALSE(accept_deflate_offer("permessage-deflate; client_max_window_bits=08"));
    EXPECT_FALSE(accept_deflate_offer("permessage-deflate; server_no_context_takeover=1"));
    EXPECT_FALSE(accept_deflate_offer("permessage-deflate; magic"));
    EXPECT_FALSE(
        accept_deflate_offer("permessage-deflate; client_no_context_takeover; "
                             "client_no_context_takeover"));
    EXPECT_FALSE(accept_deflate_offer("permessage-deflate; ="));
    EXPECT_FALSE(accept_deflate_offer("permessage-deflate; client_max_window_bits=\"12"));
}

TEST(HeaderList, compares_whole_tokens_without_case) {
    EXPECT_TRUE(list_has_token("keep-alive , uPgRaDe", "upgrade"));
    EXPECT_FALSE(list_has_token("upgraded", "upgrade"));
    EXPECT_FALSE(list_has_token("", "upgrade"));
}

}  // namespace
}  // namespace loquat::net::websocket
