#include "aio/signal.hpp"
#include "services/gateway/tests/harness.hpp"
#include "wire/json.hpp"

// Answers of servers behind that break the grammar or break off.
namespace loquat::gateway {
namespace {

using net::http::Exchange;

class BrokenAnswers : public GatewayHarness, public testing::Test {
  protected:
    // The server sends these pieces, each when the one before is certainly on its way, and closes.
    FakeUpstream::Answer pieces_answer() {
        return [this](Exchange& exchange) -> Task<void> {
            net::http::TakenStream taken = exchange.take_stream();
            for (const std::string& piece : pieces_) {
                co_await taken.stream.write_all(piece);
                for (int i = 0; i < 20; ++i) {
                    aio::Signal turn;
                    loop.post([&turn] { turn.set(); });
                    co_await turn.wait();
                }
            }
            taken.stream.shutdown_write();
        };
    }
    void serve() {
        add_route("r", "/up/**", {add_upstream(pieces_answer()).url()});
        start();
    }
    std::string answer_to(std::vector<std::string> pieces) {
        pieces_ = std::move(pieces);
        const std::string answer =
            send_raw("GET /up/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        const std::size_t at = answer.find("\"code\":\"");
        return answer.empty()
                   ? "cut"
                   : answer.substr(9, 3) +
                         (at == std::string::npos
                              ? ""
                              : " " + answer.substr(at + 8, answer.find('"', at + 8) - at - 8));
    }

    std::vector<std::string> pieces_;
};

const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

TEST_F(BrokenAnswers, are_502_when_the_first_chunk_is_bad) {
    serve();

    for (const char* body : {"zz\r\n", "-1\r\na\r\n", "5;\r\nhello\r\n0\r\n\r\n",
                             "5;a=\r\nhello\r\n", "0x5\r\nhello\r\n", "fffffffffffffffff\r\n",
                             "5\nhello\n", "\r\n", "1\r\nab\r\n0\r\n\r\n"}) {
        EXPECT_EQ(answer_to({chunked + body}), "502 upstream.bad_answer") << body;
    }
    for (const char* body : {"zz\r\n", "5;\r\nhello\r\n0\r\n\r\n", "\r\n"}) {
        EXPECT_EQ(answer_to({chunked, body}), "502 upstream.bad_answer") << body;
    }
}

TEST_F(BrokenAnswers, are_502_when_the_transfer_coding_is_not_understood) {
    serve();

    for (const char* coding : {"gzip", "gzip, chunked", "chunked, gzip", "chunked, chunked", ",",
                               "xchunked", "chunked;a=b", ""}) {
        EXPECT_EQ(answer_to({"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + std::string{coding} +
                             "\r\n\r\n0\r\n\r\n"}),
                  "502 upstream.bad_answer")
            << coding;
    }
    for (const char* line : {"Content-Length: 5\r\nTransfer-Encoding: chunked",
                             "Content-Length: 5, 5", "Content-Length: 5\r\nContent-Length: 6",
                             "Content-Length: +5", "Content-Length: 99999999999999999999", "A : b",
                             "A b: c", ": x", " folded: x", "A: b\x01"}) {
        EXPECT_EQ(answer_to({"HTTP/1.1 200 OK\r\n" + std::string{line} + "\r\n\r\nhello"}),
                  "502 upstream.bad_answer")
            << line;
    }
}

TEST_F(BrokenAnswers, are_no_answer_when_nothing_of_the_body_came) {
    serve();

    EXPECT_EQ(answer_to({"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"}),
              "503 upstream.unavailable");
    EXPECT_EQ(answer_to({chunked}), "503 upstream.unavailable");
}

TEST_F(BrokenAnswers, are_cut_when_something_of_the_body_has_gone_on) {
    serve();

    pieces_ = {chunked + "5\r\nhello\r\n", "zz\r\n"};
    const std::string answer =
        send_raw("GET /up/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

    EXPECT_EQ(answer.find("\r\n0\r\n\r\n"), std::string::npos) << answer;
}

TEST_F(BrokenAnswers, are_not_those_whose_grammar_is_only_unusual) {
    serve();

    for (const char* head : {"Transfer-Encoding: , chunked", "Transfer-Encoding: Chunked ,",
                             "transfer-encoding:chunked"}) {
        for (const char* body :
             {"5 ;a=b\r\nhello\r\n0\r\n\r\n", "5;a=\"b c\"\r\nhello\r\n0;x\r\n\r\n",
              "00005\r\nhello\r\n000\r\nTrailer: x\r\n\r\n"}) {
            const std::string start = "HTTP/1.1 200 OK\r\n" + std::string{head} + "\r\n\r\n";

            EXPECT_EQ(answer_to({start + body}), "200") << head << body;
            EXPECT_EQ(answer_to({start, body}), "200") << head << body;
        }
    }
}

}  // namespace
}  // namespace loquat::gateway
