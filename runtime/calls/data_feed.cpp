#include "runtime/calls/data_feed.hpp"

#include "aio/scope.hpp"
#include "net/http/sse_reader.hpp"

namespace loquat::runtime {
namespace {

constexpr std::size_t events_ahead_max = 1024;
constexpr std::size_t event_bytes_max = 8 * 1024 * 1024;
constexpr std::chrono::milliseconds full_pause{5};

using Source = std::shared_ptr<net::http::BodySource>;
using Writer = aio::PipeWriter<contracts::EventText>;

Task<void> push(Writer& writer, contracts::EventText event) {
    while (writer.push(event) == aio::Push::full) {
        co_await aio::Loop::current().sleep_for(full_pause);
    }
}

struct Collected final : net::http::SseSink {
    void on_event(const net::http::SseEvent& event) override {
        events.push_back({std::string{event.data}});
    }
    std::vector<contracts::EventText> events;
};

Task<void> copy(Source source, Writer& writer) {
    net::http::SseReader reader{event_bytes_max};
    for (;;) {
        const std::optional<std::string> piece = co_await source->next();
        if (!piece) {
            break;
        }
        Collected collected;
        if (auto failure = reader.feed(*piece, collected)) {
            throw std::move(*failure);
        }
        for (contracts::EventText& event : collected.events) {
            co_await push(writer, std::move(event));
        }
    }
}

Task<void> pump(Source source, Writer writer) {
    std::exception_ptr error;
    try {
        co_await copy(source, writer);
    } catch (...) {
        error = std::current_exception();
    }
    writer.close(error);
    if (error && aio::is_cancellation(error)) {
        std::rethrow_exception(error);
    }
}

}  // namespace

contracts::FeedPtr<contracts::EventText> make_data_feed(
    std::unique_ptr<net::http::BodySource> source) {
    auto [writer, reader] = aio::make_pipe<contracts::EventText>(events_ahead_max);
    const Source shared{std::move(source)};
    writer.on_reader_gone([shared] { shared->on_client_gone(); });
    aio::Loop::current().spawn(pump(shared, std::move(writer)));
    return contracts::make_feed(std::move(reader));
}

}  // namespace loquat::runtime
