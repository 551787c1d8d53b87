#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include <thread>

#include "aio/channel.hpp"
#include "aio/signal.hpp"
#include "base/failure.hpp"
#include "net/http/client.hpp"
#include "net/http/sse.hpp"
#include "net/tests/http_support.hpp"
#include "net/tls/context.hpp"

namespace loquat::net::http::test {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Gives what it was filled with; says when the client went away.
class Pieces final : public BodySource {
  public:
    explicit Pieces(std::shared_ptr<aio::Channel<std::string>> channel, aio::Signal* gone = nullptr)
        : channel_(std::move(channel)), gone_(gone) {}
    Task<std::optional<std::string>> next() override { return channel_->pop(); }
    void on_client_gone() override {
        if (gone_ != nullptr) {
            gone_->set();
        }
        channel_->close();
    }

  private:
    std::shared_ptr<aio::Channel<std::string>> channel_;
    aio::Signal* gone_;
};

std::shared_ptr<aio::Channel<std::string>> filled(std::vector<std::string> pieces) {
    auto channel = std::make_shared<aio::Channel<std::string>>(16);
    for (std::string& piece : pieces) {
        EXPECT_TRUE(channel->try_push(std::move(piece)));
    }
    channel->close();
    return channel;
}

TEST(ServerStream, is_chunked_and_empty_pieces_do_not_end_it) {
    auto streaming = [](Exchange& exchange) -> Task<void> {
        Response response;
        response.stream = std::make_unique<Pieces>(filled({"one", "", "three"}));
        co_await exchange.respond(std::move(response));
    };
    Stage stage{streaming};
    std::string new_one;
    std::string old_one;

    stage.run([&]() -> Task<void> {
        new_one = co_await stage.tell("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        old_one = co_await stage.tell("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    });

    EXPECT_THAT(new_one, HasSubstr("Transfer-Encoding: chunked\r\n"));
    EXPECT_THAT(new_one, EndsWith("\r\n\r\n3\r\none\r\n5\r\nthree\r\n0\r\n\r\n"));
    EXPECT_THAT(old_one, Not(HasSubstr("chunked")));
    EXPECT_THAT(old_one, EndsWith("Connection: close\r\n\r\nonethree"));
}

TEST(ServerStream, cuts_the_connection_when_the_body_fails) {
    auto failing = [](Exchange& exchange) -> Task<void> {
        exchange.start(200);
        exchange.begin_body(10);
        co_await exchange.write_body("12345");
        co_await exchange.end_body();
    };
    Stage stage{failing};
    std::string answer;

    stage.run(
        [&]() -> Task<void> { answer = co_await stage.tell("GET / HTTP/1.1\r\nHost: x\r\n\r\n"); });

    EXPECT_THAT(answer, Not(HasSubstr("123456")));
}

TEST(ServerStream, learns_that_the_client_has_gone) {
    aio::Signal gone;
    bool told = false;
    auto endless = std::make_shared<aio::Channel<std::string>>(16);
    auto streaming = [&](Exchange& exchange) -> Task<void> {
        Response response;
        response.headers.append("Content-Type", std::string{event_stream_type});
        response.stream = std::make_unique<Pieces>(endless, &gone);
        co_await exchange.respond(std::move(response));
    };
    Stage stage{streaming};
    std::string head;

    stage.run([&]() -> Task<void> {
        Stream stream = co_await stage.open();
        co_await stream.write_all("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        head = co_await Stage::read_until(stream, "\r\n\r\n");
        EXPECT_FALSE(gone.is_set());
        stream.close();
        told = co_await gone.wait_until(in(2s));
    });

    EXPECT_THAT(head, HasSubstr("text/event-stream"));
    EXPECT_TRUE(told);
}

TEST(ServerStream, gives_up_on_a_reader_that_takes_nothing) {
    std::string code;
    aio::Signal failed;
    auto flooding = [&](Exchange& exchange) -> Task<void> {
        exchange.start(200);
        exchange.begin_body(std::nullopt);
        const std::string piece(1 << 20, 'x');
        try {
            for (int i = 0; i < 100; ++i) {
                co_await exchange.write_body(piece);
            }
        } catch (const Failure& failure) {
            code = failure.code;
        }
        failed.set();
    };
    Stage stage{flooding, {.send_stall_max = 20ms}};

    stage.run([&]() -> Task<void> {
        Stream stream = co_await stage.open();
        co_await stream.write_all("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        co_await failed.wait();
    });

    EXPECT_EQ(code, "http.send_timeout");
    EXPECT_EQ(stage.server.counts().timeouts, 1U);
}

TEST(ServerUpgrade, hands_over_the_stream_with_early_bytes) {
    TakenStream taken;
    auto upgrading = [&](Exchange& exchange) -> Task<void> {
        EXPECT_TRUE(exchange.head().wants_upgrade("echo"));
        const Headers headers{{"Connection", "Upgrade"}, {"Upgrade", "echo"}};
        taken = co_await exchange.upgrade(headers);
    };
    Stage stage{upgrading};
    std::string head;
    std::string said;

    stage.run([&]() -> Task<void> {
        Stream stream = co_await stage.open();
        co_await stream.write_all(
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly");
        head = co_await Stage::read_until(stream, "\r\n\r\n");
        EXPECT_EQ(stage.server.counts().connections, 0U);
        co_await taken.stream.write_all("said:" + taken.early);
        taken.stream.close();
        said = co_await Stage::read_to_end(stream);
    });

    EXPECT_EQ(head,
              "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
    EXPECT_EQ(said, "said:early");
}

TEST(ServerDrain, closes_idle_ones_and_finishes_running_ones) {
    aio::Signal entered;
    aio::Signal go_on;
    auto slow = [&](Exchange& exchange) -> Task<void> {
        if (exchange.head().path == "/slow") {
            entered.set();
            co_await go_on.wait();
        }
        co_await say(exchange, "done");
    };
    Stage stage{slow};
    std::string idle_end = "x";
    std::string running_end;

    stage.run([&]() -> Task<void> {
        Stream idle = co_await stage.open();
        co_await idle.write_all("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        co_await Stage::read_until(idle, "done");
        Stream running = co_await stage.open();
        co_await running.write_all("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
        co_await entered.wait();
        stage.loop.defer([&] { go_on.set(); });
        co_await stage.server.drain(in(2s));
        idle_end = co_await Stage::read_to_end(idle);
        running_end = co_await Stage::read_to_end(running);
    });

    EXPECT_EQ(idle_end, "");
    EXPECT_THAT(running_end, StartsWith("HTTP/1.1 200 OK"));
    EXPECT_THAT(running_end, HasSubstr("Connection: close\r\n"));
}

TEST(ServerDrain, ends_everything_at_the_deadline) {
    bool cancelled = false;
    auto stuck = [&](Exchange&) -> Task<void> {
        aio::Signal never;
        try {
            co_await never.wait();
        } catch (...) {
            cancelled = true;
            throw;
        }
    };
    Stage stage{stuck};

    stage.run([&]() -> Task<void> {
        Stream stream = co_await stage.open();
        co_await stream.write_all("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        while (stage.server.counts().busy == 0) {
            co_await stage.loop.sleep_for(std::chrono::milliseconds{0});
        }
        co_await stage.server.drain(in(10ms));
    });

    EXPECT_TRUE(cancelled);
    EXPECT_EQ(stage.server.counts().connections, 0U);
}

TEST(ServerTls, has_only_suites_with_forward_secrecy_and_authenticated_encryption) {
    const auto context = tls::ServerContext::make(tls::make_self_signed());

    STACK_OF(SSL_CIPHER)* suites = SSL_CTX_get_ciphers(context->native());

    EXPECT_GE(sk_SSL_CIPHER_num(suites), 6);
    for (int i = 0; i < sk_SSL_CIPHER_num(suites); ++i) {
        const std::string suite = SSL_CIPHER_get_name(sk_SSL_CIPHER_value(suites, i));
        const bool is_new = suite.starts_with("TLS_");  // of TLS 1.3
        EXPECT_TRUE(is_new || suite.starts_with("ECDHE-")) << suite;
        EXPECT_TRUE(suite.find("GCM") != std::string::npos ||
                    suite.find("CHACHA20") != std::string::npos)
            << suite;
    }
}

TEST(ServerTls, serves_with_a_self_signed_certificate) {
    Stage stage{echo};
    const tls::KeyPair pair = tls::make_self_signed();
    const auto trusting = tls::ClientContext::make_trusting(pair.certificates);
    ListenOptions options;
    const std::uint16_t port = stage.server.listen(options, tls::ServerContext::make(pair)).port;
    std::string by_name;
    std::string by_address;
    std::string distrusted;
    const std::string big(300'000, 'z');

    stage.run([&]() -> Task<void> {
        for (const std::string host : {"localhost", "127.0.0.1"}) {
            Stream stream = co_await connect(stage.loop, "127.0.0.1", port, in(2s));
            co_await stream.start_tls(trusting, host, in(2s));
            EXPECT_TRUE(stream.is_tls());
            co_await stream.write_all(
                "POST /t HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: "
                "300000\r\n\r\n" +
                big);
            std::string& answer = host == "localhost" ? by_name : by_address;
            answer = co_await Stage::read_to_end(stream);
        }
        const auto strict = tls::ClientContext::make();
        Stream stream = co_await connect(stage.loop, "127.0.0.1", port, in(2s));
        try {
            co_await stream.start_tls(strict, "localhost", in(2s));
        } catch (const Failure& failure) {
            distrusted = failure.code;
        }
    });

    EXPECT_THAT(by_name, EndsWith("POST /t " + big));
    EXPECT_THAT(by_address, EndsWith("POST /t " + big));
    EXPECT_EQ(distrusted, "upstream.untrusted");
}

// What arrives between two looks of the server must not make a later byte the first.
TEST(ServerTls, takes_no_fresh_connection_of_another_thread_for_plain_http) {
    Stage stage{echo};
    const tls::KeyPair pair = tls::make_self_signed();
    const std::uint16_t port = stage.server.listen({}, tls::ServerContext::make(pair)).port;
    constexpr int connections = 400;
    int answered = 0;
    std::string wrong;
    aio::Signal is_over;

    std::thread callers{[&] {
        aio::Loop loop{"callers"};
        Client client{loop,
                      {.idle_per_origin_max = 0,
                       .tls = tls::ClientContext::make_trusting(pair.certificates)}};
        auto work = [&]() -> Task<void> {
            for (int i = 0; i < connections; ++i) {
                ClientRequest request{
                    .origin = {"localhost", port, Scheme::https}, .method = "POST", .body = "x"};
                try {
                    const auto answer = co_await client.request(std::move(request), in(20s));
                    answered += answer.status == 200 ? 1 : 0;
                } catch (const Failure& failure) {
                    wrong = failure.code + " " + failure.detail;
                }
            }
        };
        run_to_end(loop, work());
        stage.loop.post([&] { is_over.set(); });
    }};
    stage.run([&]() -> Task<void> { co_await is_over.wait(); });
    callers.join();

    EXPECT_EQ(answered, connections) << wrong;
}

TEST(ServerTls, tells_of_strange_bytes_and_not_of_who_only_looks_whether_it_listens) {
    std::vector<tls::Trouble> told;
    ServerConfig config;
    config.on_tls_trouble = [&told](const Endpoint&, tls::Trouble trouble, const std::string&) {
        told.push_back(trouble);
    };
    Stage stage{echo, std::move(config)};
    const std::uint16_t port =
        stage.server.listen({}, tls::ServerContext::make(tls::make_self_signed())).port;
    std::size_t after_probe = 1;

    stage.run([&]() -> Task<void> {
        {
            const Stream probe = co_await connect(stage.loop, "127.0.0.1", port, in(2s));
        }
        Stream plain = co_await connect(stage.loop, "127.0.0.1", port, in(2s));
        co_await plain.write_all("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        const std::string answer = co_await Stage::read_to_end(plain);
        EXPECT_THAT(answer, HasSubstr("http.needs_tls"));
        after_probe = told.size();
        Stream strange = co_await connect(stage.loop, "127.0.0.1", port, in(2s));
        co_await strange.write_all("\x16noise that is no hello of anybody");
        co_await Stage::read_to_end(strange);
    });

    EXPECT_EQ(after_probe, 0U);
    EXPECT_EQ(told.size(), 1U);
}

TEST(ServerTls, refuses_a_certificate_for_another_name) {
    Stage stage{echo};
    const tls::KeyPair pair = tls::make_self_signed({"other.example"});
    const std::uint16_t port = stage.server.listen({}, tls::ServerContext::make(pair)).port;
    std::string code;

    stage.run([&]() -> Task<void> {
        const auto trusting = tls::ClientContext::make_trusting(pair.certificates);
        Stream stream = co_await connect(stage.loop, "127.0.0.1", port, in(2s));
        try {
            co_await stream.start_tls(trusting, "localhost", in(2s));
        } catch (const Failure& failure) {
            code = failure.code;
        }
    });

    EXPECT_EQ(code, "upstream.untrusted");
    EXPECT_THROW(tls::ServerContext::make({pair.certificates, tls::make_self_signed().private_key}),
                 Failure);
    EXPECT_THROW(tls::ServerContext::make({"nonsense", "nonsense"}), Failure);
}

}  // namespace
}  // namespace loquat::net::http::test
