#include "net/http/codec.hpp"
#include "services/model/tests/odd_streams.hpp"
#include "services/model/tests/support.hpp"

// The odd streams once more, over real connections: in one piece, in small pieces, and chunked.

namespace loquat::model::test {
namespace {

enum class Framing { until_close, chunked, counted };

std::string framed(const std::string& body, Framing framing, std::size_t piece_bytes) {
    std::string answer = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";
    if (framing == Framing::until_close) {
        return answer + "Connection: close\r\n\r\n" + body;
    }
    if (framing == Framing::counted) {
        return answer + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }
    answer += "Transfer-Encoding: chunked\r\n\r\n";
    for (std::size_t at = 0; at < body.size(); at += piece_bytes) {
        const std::string piece = body.substr(at, piece_bytes);
        net::http::append_chunk_line(answer, piece.size());
        answer += piece + "\r\n";
    }
    return answer + std::string{net::http::last_chunk};
}

// Serves the streams one after the other, each answer cut into writes of `piece_bytes`.
class Player {
  public:
    Player(aio::Loop& loop, Framing framing, std::size_t piece_bytes)
        : fake(loop, [this, framing, piece_bytes](net::Stream& stream) -> Task<void> {
              return play(stream, framing, piece_bytes);
          }) {}

    Task<void> play(net::Stream& stream, Framing framing, std::size_t piece_bytes) {
        for (;;) {
            const std::string request = co_await FakeProvider::read_request(stream);
            if (request.empty()) {
                co_return;
            }
            const std::string answer = framed(body, framing, piece_bytes);
            const std::size_t step = std::max(piece_bytes, answer.size() / 200);
            for (std::size_t at = 0; at < answer.size(); at += step) {
                co_await stream.write_all(std::string_view{answer}.substr(at, step));
            }
            if (framing == Framing::until_close) {
                co_return;
            }
        }
    }

    std::string body;
    FakeProvider fake;
};

class OddSockets : public testing::TestWithParam<std::pair<Framing, std::size_t>> {};

TEST_P(OddSockets, give_what_the_parser_gives) {
    Stage stage;
    Player player{stage.loop, GetParam().first, GetParam().second};
    ProviderConfig provider = quick_provider(player.fake.port());
    provider.event_bytes_max = 20'000;
    stage.config.models = {{.id = "m"}};
    stage.config.breaker_failures = 1'000;
    stage.add(provider);

    stage.run([&]() -> Task<void> {
        int number = 0;
        for (const OddStream& odd : odd_streams()) {
            player.body = odd.body;
            contracts::GenerateRequest request = ask("hi", "g" + std::to_string(++number));
            const Said said = co_await stage.answer(std::move(request));
            EXPECT_EQ(said.text, odd.text) << odd.name;
            const bool says_nothing = odd.code.empty() && odd.text.empty();
            const std::string code = says_nothing ? "provider.bad_answer" : odd.code;
            EXPECT_EQ(said.code, code) << odd.name;
            EXPECT_EQ(said.finish_reason, code.empty() ? odd.finish_reason : "error") << odd.name;
            EXPECT_TRUE(said.order == "dun" || said.order == "un" || said.order == "deun" ||
                        said.order == "eun")
                << odd.name << ": " << said.order;
            if (odd.input >= 0 && odd.output >= 0) {
                EXPECT_EQ(said.input, odd.input) << odd.name;
                EXPECT_EQ(said.output, odd.output) << odd.name;
                EXPECT_EQ(said.source, odd.code.empty() ? "provider" : "partial") << odd.name;
            } else {
                EXPECT_EQ(said.source, "counted") << odd.name;
            }
        }
        co_await player.fake.close();
    });
}

INSTANTIATE_TEST_SUITE_P(Framings, OddSockets,
                         testing::Values(std::pair{Framing::until_close, std::size_t{100'000}},
                                         std::pair{Framing::until_close, std::size_t{7}},
                                         std::pair{Framing::chunked, std::size_t{50}},
                                         std::pair{Framing::counted, std::size_t{1'000}}));

}  // namespace
}  // namespace loquat::model::test
