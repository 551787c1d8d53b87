#include <gmock/gmock.h>

#include "aio/channel.hpp"
#include "base/failure.hpp"
#include "net/http/event_source.hpp"
#include "net/tests/http_support.hpp"

namespace loquat::net::http::test {
namespace {

using ::testing::HasSubstr;

class EventSourceTest : public ::testing::Test {
  protected:
    static constexpr const char* stream_type = "text/event-stream; charset=utf-8";

    static ClientRequest request_to(const Stage& stage) {
        return {.origin = {.host = "127.0.0.1", .port = stage.port}, .target = "/events"};
    }
};

// Gives the next piece when the reader has said that it has the one before.
class Paced final : public BodySource {
  public:
    explicit Paced(aio::Channel<std::string>& pieces) : pieces_(pieces) {}
    Task<std::optional<std::string>> next() override { return pieces_.pop(); }
    void on_client_gone() override { pieces_.close(); }

  private:
    aio::Channel<std::string>& pieces_;
};

TEST_F(EventSourceTest, gives_each_event_as_soon_as_it_has_come) {
    aio::Channel<std::string> pieces{4};
    Stage stage{[&](Exchange& exchange) -> Task<void> {
        Response response;
        response.headers.append("Content-Type", stream_type);
        response.stream = std::make_unique<Paced>(pieces);
        co_await exchange.respond(std::move(response));
    }};
    std::vector<std::string> seen;

    stage.run([&]() -> Task<void> {
        Client client{stage.loop, {}};
        EventSource source{client, request_to(stage), in(5s)};
        EXPECT_TRUE(pieces.try_push(": hello\n\nid: 1\ndata: a\n\n"));
        EXPECT_EQ(co_await source.open(), 200);
        for (const std::string more : {"id: 2\ndata: b\n\n", "event: end\ndata: c\n\n"}) {
            const std::vector<SseItem> items = co_await source.next();
            EXPECT_EQ(items.size(), 1U);
            seen.push_back(items.at(0).id + items.at(0).data);
            EXPECT_TRUE(pieces.try_push(more));
        }
        const std::vector<SseItem> last = co_await source.next();
        seen.push_back(last.at(0).event + last.at(0).id + last.at(0).data);
        pieces.close();
        const std::vector<SseItem> none = co_await source.next();
        EXPECT_TRUE(none.empty());
    });

    EXPECT_EQ(seen, (std::vector<std::string>{"1a", "2b", "end2c"}));
}

TEST_F(EventSourceTest, keeps_what_a_refusal_says) {
    Stage stage{[](Exchange& exchange) -> Task<void> {
        Response response{.status = 404, .body = R"({"code":"chat.not_found"})"};
        co_await exchange.respond(std::move(response));
    }};
    std::string refusal;
    int status = 0;

    stage.run([&]() -> Task<void> {
        Client client{stage.loop, {}};
        EventSource source{client, request_to(stage), in(5s)};
        status = co_await source.open();
        refusal = source.refusal();
        EXPECT_FALSE(source.is_stream());
    });

    EXPECT_EQ(status, 404);
    EXPECT_THAT(refusal, HasSubstr("chat.not_found"));
}

TEST_F(EventSourceTest, ends_when_it_is_canceled) {
    aio::Channel<std::string> pieces{4};
    Stage stage{[&](Exchange& exchange) -> Task<void> {
        Response response;
        response.headers.append("Content-Type", stream_type);
        response.stream = std::make_unique<Paced>(pieces);
        co_await exchange.respond(std::move(response));
    }};
    std::string code;

    stage.run([&]() -> Task<void> {
        Client client{stage.loop, {}};
        EventSource source{client, request_to(stage), in(5s)};
        EXPECT_TRUE(pieces.try_push(": open\n\n"));
        co_await source.open();
        stage.loop.post([&source] { source.cancel(); });
        try {
            co_await source.next();
        } catch (const Failure& failure) {
            code = failure.code;
        }
    });

    EXPECT_EQ(code, "upstream.unavailable");
}

}  // namespace
}  // namespace loquat::net::http::test
