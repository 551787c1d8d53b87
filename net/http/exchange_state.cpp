#include "net/http/exchange_state.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/failure.hpp"
#include "base/log.hpp"

namespace loquat::net::http {
namespace {

constexpr std::size_t first_reserve_max = 64 * 1024;
constexpr std::size_t piece_size = 16 * 1024;

bool is_written_by_us(std::string_view name) {
    return equal_names(name, "content-length") || equal_names(name, "connection") ||
           equal_names(name, "transfer-encoding") || equal_names(name, "keep-alive");
}

Failure too_large() {
    return Failure{Kind::too_large, std::string{code_of(ParseError::body_too_large)},
                   std::string{text_of(ParseError::body_too_large)}};
}

// The source does not outlive its answer, however that ends.
class GoneCall {
  public:
    GoneCall(ExchangeState& exchange, BodySource& source) : exchange_(exchange) {
        exchange_.on_client_gone([&source] { source.on_client_gone(); });
    }
    ~GoneCall() { exchange_.on_client_gone(nullptr); }
    GoneCall(const GoneCall&) = delete;
    GoneCall& operator=(const GoneCall&) = delete;

  private:
    ExchangeState& exchange_;
};

}  // namespace

Task<std::string> ExchangeState::read_body(std::size_t bytes_max) {
    std::string body;
    if (body_done_) {
        co_return body;
    }
    const bool has_length = head().framing == Framing::length;
    if (has_length && head().content_length > bytes_max) {
        leave_body();
        throw too_large();
    }
    if (has_length) {
        body.reserve(std::min<std::size_t>(head().content_length, first_reserve_max));
    }
    while (!body_done_) {
        const std::size_t before = body.size();
        const std::size_t room =
            has_length ? std::min<std::size_t>(body_left_, piece_size) : piece_size;
        body.resize(before + room);
        const std::size_t count = co_await read_body_some({body.data() + before, room});
        body.resize(before + count);
        if (body.size() > bytes_max) {
            leave_body();
            throw too_large();
        }
    }
    co_return body;
}

HeadWriter ExchangeState::start(int status) {
    LOQUAT_CHECK(status_ == 0 || refused_, "a request has one answer");
    status_ = status;
    out().clear();
    append_status_line(out(), status);
    return HeadWriter{out()};
}

Task<void> ExchangeState::respond(Response response) {
    if (refused_) {
        co_return;
    }
    HeadWriter writer = start(response.status);
    for (const Headers::Item& item : response.headers) {
        if (!is_written_by_us(item.name)) {
            writer.add(item.name, item.value);
        }
    }
    if (!response.headers.contains("Date")) {
        append_date(out());
    }
    if (!response.stream) {
        co_await finish(response.body);
        co_return;
    }
    begin_body(response.stream->length());
    if (has_body_to_send()) {
        co_await stream_body(*response.stream);
    }
    co_await end_body();
}

Task<void> ExchangeState::stream_body(BodySource& source) {
    co_await flush();  // the reader of an event stream wants to know at once that it stands
    const GoneCall told{*this, source};
    for (;;) {
        std::optional<std::string> piece = co_await source.next();
        if (!piece) {
            break;
        }
        co_await write_body(*piece);
    }
}

Task<void> ExchangeState::answer_failure(std::exception_ptr error) {
    if (aio::is_cancellation(error)) {
        std::rethrow_exception(error);
    }
    std::optional<Failure> failure;
    try {
        std::rethrow_exception(error);
    } catch (const Failure& known) {
        failure = known;
    } catch (...) {
        const std::string what = aio::describe(error);
        log_error({.service = "http"}, "a handler failed",
                  {{"error", what}, {"path", head().path}});
    }
    if (has_started() || refused_ || dead_) {
        co_return;
    }
    if (failure) {
        co_await answer_problem(http_status(failure->kind), failure->code, failure->message);
    } else {
        co_await answer_problem(500, "server.internal", "Something went wrong on the server.");
    }
}

Task<void> ExchangeState::answer_problem(int status, std::string_view code,
                                         std::string_view detail) {
    start(status);
    const std::string body = server_.begin_own_answer(out(), status, code, detail);
    try {
        co_await finish(body);
    } catch (const Failure&) {
        // The client is gone; the caller sees it in dead_.
    }
}

}  // namespace loquat::net::http
