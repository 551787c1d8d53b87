#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "aio/loop.hpp"
#include "aio/run.hpp"
#include "net/http/server.hpp"
#include "net/stream.hpp"

namespace loquat::net::http::test {

using namespace std::chrono_literals;

inline Steady in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

// Answers by a function.
class Answers final : public Handler {
  public:
    using Function = std::function<Task<void>(Exchange&)>;
    explicit Answers(Function function) : function_(std::move(function)) {}
    Task<void> handle(Exchange& exchange) override { return function_(exchange); }

  private:
    Function function_;
};

// Says what it was asked: `METHOD path body`.
inline Task<void> echo(Exchange& exchange) {
    const std::string body = co_await exchange.read_body(1 << 20);
    Response response;
    response.headers.append("Content-Type", "text/plain");
    response.body =
        std::string{exchange.head().method} + " " + std::string{exchange.head().path} + " " + body;
    co_await exchange.respond(std::move(response));
}

inline Task<void> say(Exchange& exchange, std::string body) {
    Response response;
    response.body = std::move(body);
    co_await exchange.respond(std::move(response));
}

// A server on a free port of the loopback, and a raw client for it.
class Stage {
  public:
    explicit Stage(Answers::Function function, ServerConfig config = {})
        : handler(std::move(function)), server(loop, std::move(config), handler) {
        port = server.listen({}).port;
    }

    // Runs the test's body, then drains the server.
    void run(std::function<Task<void>()> body) {
        auto whole = [this, body = std::move(body)]() -> Task<void> {
            co_await body();
            co_await server.drain(in(1s));
        };
        run_to_end(loop, whole());
    }

    Task<Stream> open() { return connect(loop, "127.0.0.1", port, in(2s)); }

    // Sends all of `bytes` at once and returns what comes until the server closes.
    Task<std::string> tell(std::string bytes) {
        Stream stream = co_await open();
        co_await stream.write_all(bytes);
        std::string answer = co_await read_to_end(stream);
        co_return answer;
    }

    static Task<std::string> read_to_end(Stream& stream) {
        std::string all;
        char piece[4096];
        for (;;) {
            const IoResult result = stream.try_read(piece);
            if (result.state == Io::bytes) {
                all.append(piece, result.bytes);
            } else if (result.state == Io::would_block) {
                co_await stream.readable();
            } else {
                co_return all;
            }
        }
    }

    // Until `mark` has come, or the end.
    static Task<std::string> read_until(Stream& stream, std::string mark) {
        std::string all;
        char piece[1];
        while (!all.ends_with(mark)) {
            const IoResult result = stream.try_read(piece);
            if (result.state == Io::bytes) {
                all.append(piece, result.bytes);
            } else if (result.state == Io::would_block) {
                co_await stream.readable();
            } else {
                break;
            }
        }
        co_return all;
    }

    aio::Loop loop{"test"};
    Answers handler;
    Server server;
    std::uint16_t port = 0;
};

}  // namespace loquat::net::http::test
