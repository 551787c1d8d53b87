#include "bench/stream_user.hpp"

#include "base/failure.hpp"
#include "base/text.hpp"
#include "testing/paced_provider.hpp"
#include "wire/json.hpp"

namespace loquat::bench {
namespace {

constexpr std::chrono::seconds call_time_max{120};
constexpr std::chrono::minutes stream_time_max{30};

std::string text_of(const std::string& body, std::string_view name) {
    const wire::Value value = wire::parse(body);
    const wire::Value* member = value.find(name);
    return member != nullptr && member->if_string() != nullptr ? *member->if_string()
                                                               : std::string{};
}

// Takes one answer apart as it comes.
class AnswerCheck {
  public:
    explicit AnswerCheck(StreamCounts& counts) : counts_(counts) {}

    void take(const net::http::SseItem& item, Steady now) {
        counts_.event_bytes += item.data.size() + item.id.size() + item.event.size();
        if (parse_number(item.id) != ++last_id_) {
            note("an event is missing before id " + item.id);
        }
        if (seen_at_ != Steady{}) {
            const auto gap = std::chrono::duration_cast<std::chrono::milliseconds>(now - seen_at_);
            counts_.longest_gap = std::max(counts_.longest_gap, gap);
        }
        seen_at_ = now;
        is_done_ = item.event == "done";
        if (item.event == "delta") {
            take_text(text_of(item.data, "delta"), now);
        } else if (item.event == "error") {
            note("an error: " + item.data);
        }
    }

    void finish(int deltas) {
        if (!is_done_) {
            note("the stream ended without done");
        }
        if (deltas_ != deltas) {
            note(std::to_string(deltas_) + " deltas came of " + std::to_string(deltas));
        }
        counts_.text_bytes += static_cast<std::uint64_t>(deltas_) * test::stamp_bytes;
        ++(problem_.empty() ? counts_.whole : counts_.broken);
        if (counts_.why_broken.empty()) {
            counts_.why_broken = problem_;
        }
    }

    Steady first_at() const { return first_at_; }

  private:
    void note(std::string problem) {
        if (problem_.empty()) {
            problem_ = std::move(problem);
        }
    }

    // Deltas may come together in one event, or cut in two.
    void take_text(const std::string& text, Steady now) {
        held_ += text;
        while (held_.size() >= test::stamp_bytes) {
            const auto age = test::age_of_stamp(held_, now);
            held_.erase(0, test::stamp_bytes);
            if (age.count() < 0) {
                note("a delta is not what the provider sent");
            }
            first_at_ = deltas_ == 0 ? now : first_at_;
            (deltas_++ == 0 ? counts_.first_relayed : counts_.relayed).add(age);
        }
    }

    StreamCounts& counts_;
    std::string problem_;
    std::string held_;
    std::uint64_t last_id_ = 0;
    Steady seen_at_;
    Steady first_at_;
    int deltas_ = 0;
    bool is_done_ = false;
};

}  // namespace

StreamUser::StreamUser(net::http::Client& client, net::http::Origin origin, std::size_t number)
    : client_(client), origin_(std::move(origin)), name_("stream" + std::to_string(number)) {}

Task<std::string> StreamUser::call(std::string method, std::string target, std::string body) {
    net::http::ClientRequest request{.origin = origin_,
                                     .method = std::move(method),
                                     .target = std::move(target),
                                     .body = std::move(body)};
    request.headers.append("Content-Type", "application/json");
    if (!token_.empty()) {
        request.headers.append("Authorization", "Bearer " + token_);
    }
    const Steady deadline = std::chrono::steady_clock::now() + call_time_max;
    auto answer = co_await client_.request(std::move(request), deadline);
    if (answer.status >= 300) {
        throw Failure{Kind::unavailable, "bench.refused",
                      std::to_string(answer.status) + " " + answer.body};
    }
    co_return std::move(answer.body);
}

Task<void> StreamUser::prepare() {
    const std::string session =
        co_await call("POST", "/api/auth/register",
                      R"({"username":")" + name_ + R"(","password":"a long enough password"})");
    token_ = text_of(session, "access_token");
    const std::string chat = co_await call("POST", "/api/chats",
                                           R"({"kind":"assistant","assistant":{"model":"paced"}})");
    chat_ = text_of(chat, "id");
}

Task<void> StreamUser::start() {
    const std::string body =
        R"({"client_id":"c)" + std::to_string(++answers_) + R"(","prompt":"Say something."})";
    const std::string started = co_await call("POST", "/api/chats/" + chat_ + "/generations", body);
    generation_ = text_of(started, "generationId");
}

Task<void> StreamUser::open() {
    net::http::ClientRequest request{.origin = origin_,
                                     .target = "/api/generations/" + generation_ + "/stream"};
    request.headers.append("Authorization", "Bearer " + token_);
    const Steady deadline = std::chrono::steady_clock::now() + stream_time_max;
    source_ = std::make_unique<net::http::EventSource>(client_, std::move(request), deadline);
    const int status = co_await source_->open();
    if (!source_->is_stream()) {
        throw Failure{Kind::unavailable, "bench.refused",
                      std::to_string(status) + " " + source_->refusal()};
    }
}

Task<Steady> StreamUser::read(StreamCounts& counts, int deltas) {
    AnswerCheck check{counts};
    for (;;) {
        const auto items = co_await source_->next();
        if (items.empty()) {
            break;
        }
        const Steady now = std::chrono::steady_clock::now();
        for (const net::http::SseItem& item : items) {
            check.take(item, now);
        }
    }
    check.finish(deltas);
    source_.reset();
    co_return check.first_at();
}

}  // namespace loquat::bench
