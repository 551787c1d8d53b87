#include "runtime/calls/feed_body.hpp"

#include "net/http/sse.hpp"

namespace loquat::runtime {
namespace {

class FeedBody final : public net::http::BodySource {
  public:
    explicit FeedBody(contracts::FeedPtr<contracts::EventText> feed) : feed_(std::move(feed)) {}

    Task<std::optional<std::string>> next() override {
        std::optional<std::string> piece;
        bool was_silent = false;
        try {
            piece = join(co_await feed_->next(std::chrono::steady_clock::now() + feed_silence_max));
        } catch (const Failure& failure) {
            was_silent = failure.kind == Kind::timed_out;
            if (!was_silent) {
                throw;
            }
        }
        if (was_silent) {
            piece.emplace();
            net::http::append_sse_comment(*piece, "");
        }
        co_return piece;
    }

    void on_client_gone() override { feed_->cancel(); }

  private:
    static std::optional<std::string> join(std::vector<contracts::EventText> pieces) {
        if (pieces.empty()) {
            return std::nullopt;
        }
        std::string whole = std::move(pieces.front().text);
        for (std::size_t i = 1; i < pieces.size(); ++i) {
            whole += pieces[i].text;
        }
        return whole;
    }

    contracts::FeedPtr<contracts::EventText> feed_;
};

}  // namespace

std::unique_ptr<net::http::BodySource> make_feed_body(
    contracts::FeedPtr<contracts::EventText> feed) {
    return std::make_unique<FeedBody>(std::move(feed));
}

void add_feed_fields(net::http::Headers& headers) {
    headers.append("Content-Type", "text/event-stream; charset=utf-8");
    headers.append("Cache-Control", "no-cache, no-transform");
    headers.append("X-Accel-Buffering", "no");
}

void take_last_event_id(contracts::RawCall& call, std::string_view field) {
    if (field.empty()) {
        return;
    }
    std::erase_if(call.query,
                  [](const auto& parameter) { return parameter.first == "last_event_id"; });
    call.query.emplace_back("last_event_id", field);
}

}  // namespace loquat::runtime
