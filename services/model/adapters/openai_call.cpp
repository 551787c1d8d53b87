#include "services/model/adapters/openai_call.hpp"

#include <utility>

#include "base/text.hpp"
#include "services/model/adapters/provider_error.hpp"
#include "services/model/domain/rate_limits.hpp"

namespace loquat::model {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t error_bytes_max = 64 * 1024;
constexpr milliseconds figures_wait{2'000};  // after the answer's end
constexpr milliseconds drain_wait{100};      // for the end of the body, to keep the connection
constexpr int drain_pieces_max = 16;

}  // namespace

OpenAiCall::OpenAiCall(net::http::Client& client, const Clock& clock, const ProviderConfig& config,
                       AnswerSink& sink)
    : client_(client),
      clock_(clock),
      config_(config),
      sink_(sink),
      stream_({.event_bytes_max = config.event_bytes_max,
               .answer_bytes_max = config.answer_bytes_max,
               .stream_bytes_max = config.stream_bytes_max}) {}

void OpenAiCall::on_alarm() {
    timed_out_ = true;
    if (call_ != nullptr) {
        call_->cancel();
    }
}

void OpenAiCall::set_alarm(milliseconds time) {
    const Steady now = net::coarse_now();
    set(client_.loop(), now, now + time);
}

Task<Ending> OpenAiCall::run(Request request) {
    const Steady deadline = std::chrono::steady_clock::now() + config_.answer_ms_max;
    std::optional<Failure> failure;
    try {
        Call call{client_, request.origin, deadline};
        call_ = &call;
        set_alarm(config_.first_token_ms_max);
        co_await exchange(call, request);
        call_ = nullptr;
    } catch (const Failure& broken) {
        failure = broken;
    } catch (...) {
        call_ = nullptr;
        clear();
        tell_rest();
        throw;
    }
    call_ = nullptr;
    clear();
    if (failure) {
        end_broken(*failure);
    }
    tell_rest();
    Ending ending;
    ending.setback = setback_ ? setback_ : stream_.setback();
    ending.finish_reason = std::string{stream_.finish_reason()};
    co_return ending;
}

// What is known of the answer's size, also when it ended early.
void OpenAiCall::tell_rest() {
    if (const std::int64_t thoughts = stream_.thought_tokens(); thoughts > 0) {
        sink_.on_thoughts(thoughts);
    }
    sink_.on_usage(stream_.usage());
}

// The connection broke, or was closed by our alarm.
void OpenAiCall::end_broken(const Failure& failure) {
    if (stream_.is_over() || setback_) {
        return;
    }
    std::string text;
    if (stream_.has_finished() || !timed_out_) {
        stream_.finish(text);
    }
    give(std::move(text));
    if (stream_.has_finished() && !stream_.setback()) {
        return;
    }
    if (timed_out_) {
        setback_ = timed_out(stream_.has_begun() ? "no further token" : "no first token");
    } else {
        setback_ = from_failure(failure, stream_.has_begun());
    }
}

Task<void> OpenAiCall::exchange(Call& call, const Request& request) {
    call.start("POST", request.target).raw(request.head_lines);
    co_await call.send(request.body, net::http::Replay::allowed);
    co_await call.read_head();
    take_limits(call);
    const int status = call.head().status;
    if (status == 200) {
        sink_.on_accepted();
        co_await read_stream(call);
    } else if (status >= 200 && status < 400) {
        setback_ = bad_answer("status " + std::to_string(status));
    } else {
        co_await read_error(call);
    }
}

void OpenAiCall::take_limits(const Call& call) {
    const auto field = [&call](std::string_view name) { return call.head().headers.get(name); };
    const Time now = clock_.now();
    hold_ = parse_hold(field, now);
    const bool is_refusal = call.head().status == 429 || call.head().status == 503;
    const auto retry_after = is_refusal ? parse_retry_after(field, now) : std::nullopt;
    if (retry_after) {
        hold_ = std::max(hold_.value_or(milliseconds{0}), *retry_after);
    }
}

Task<void> OpenAiCall::read_error(Call& call) {
    const int status = call.head().status;
    const auto field = [&call](std::string_view name) { return call.head().headers.get(name); };
    const auto retry_after = parse_retry_after(field, clock_.now());
    const std::string should_retry = to_lower_ascii(trim(field("x-should-retry")));
    std::string body;
    std::optional<Failure> cut;
    try {
        for (;;) {
            const std::string_view piece = co_await call.read_body();
            if (piece.empty() || body.size() > error_bytes_max) {
                break;
            }
            body += piece;
        }
    } catch (const Failure& failure) {
        cut = failure;  // the status says enough
    }
    Setback setback = judge_error(status, body);
    setback.retry_after = retry_after;
    if (should_retry == "false" && setback.again == Again::here) {
        setback.again = Again::elsewhere;
    } else if (should_retry == "true" && setback.again == Again::elsewhere) {
        setback.again = Again::here;
    }
    setback_ = std::move(setback);
}

// All that has been read is one piece for the reader: tokens that came together leave together.
Task<void> OpenAiCall::read_stream(Call& call) {
    std::string text;
    while (!stream_.is_over()) {
        const std::uint64_t seen_before = stream_.tokens_seen();
        const std::string_view piece = co_await call.read_body();
        const bool at_end = piece.empty();
        take_piece(call, piece, text);
        watch_tokens(seen_before);
        const bool has_room = give(std::exchange(text, {}));
        if (!has_room) {
            clear();
            co_await sink_.room();
            set_alarm(config_.next_token_ms_max);
        }
        if (at_end) {
            co_return;
        }
    }
    if (!stream_.setback() && !call.is_body_done()) {
        co_await drain(call);
    }
}

void OpenAiCall::take_piece(Call& call, std::string_view piece, std::string& text) {
    if (piece.empty()) {
        stream_.finish(text);
        return;
    }
    while (!piece.empty() && !stream_.is_over()) {
        stream_.feed(piece, text);
        piece = call.take_buffered_body();
    }
    if (call.is_body_done() && !stream_.is_over()) {
        stream_.finish(text);
    }
}

// False when the reader is behind.
bool OpenAiCall::give(std::string text) {
    if (stream_.take_taken_back()) {
        sink_.on_taken_back();
    }
    return sink_.on_text(std::move(text));
}

// Comments move no deadline, neither between tokens nor after the finish.
void OpenAiCall::watch_tokens(std::uint64_t seen_before) {
    if (stream_.has_finished()) {
        if (!std::exchange(finish_seen_, true)) {
            set_alarm(std::min(figures_wait, config_.next_token_ms_max));
        }
    } else if (stream_.tokens_seen() != seen_before) {
        set_alarm(config_.next_token_ms_max);
    }
}

// `[DONE]` has come, the end of the body usually follows at once.
Task<void> OpenAiCall::drain(Call& call) {
    set_alarm(drain_wait);
    for (int i = 0; i < drain_pieces_max; ++i) {
        const std::string_view piece = co_await call.read_body();
        if (piece.empty()) {
            break;
        }
    }
}

}  // namespace loquat::model
