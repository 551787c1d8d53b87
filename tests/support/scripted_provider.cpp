#include "tests/support/scripted_provider.hpp"

#include "base/failure.hpp"
#include "net/http/sse.hpp"

namespace loquat::test {
namespace {

constexpr std::size_t prompt_bytes_max = 16 << 20;
constexpr std::chrono::seconds patience{20};

Steady soon() { return std::chrono::steady_clock::now() + patience; }

wire::Value make_chunk(wire::Array choices) {
    return wire::Object{{"id", "chatcmpl-1"},
                        {"object", "chat.completion.chunk"},
                        {"created", 1},
                        {"model", "scripted"},
                        {"choices", std::move(choices)}};
}

std::string event_of(const wire::Value& chunk) {
    return net::http::to_sse({.data = wire::to_json(chunk)});
}

wire::Value make_choice(wire::Object delta, wire::Value finish_reason) {
    return wire::Object{
        {"index", 0}, {"delta", std::move(delta)}, {"finish_reason", std::move(finish_reason)}};
}

}  // namespace

std::string ScriptedAnswer::prompt() const {
    const wire::Value* messages = asked_.find("messages");
    const wire::Value* content = messages->if_array()->back().find("content");
    return *content->if_string();
}

void ScriptedAnswer::say(const std::string& delta) {
    say_raw(event_of(make_chunk({make_choice({{"content", delta}}, nullptr)})));
}

void ScriptedAnswer::finish(int input_tokens, int output_tokens) {
    wire::Value usage = make_chunk({});
    wire::Object members = *usage.if_object();
    members.emplace_back("usage", wire::Object{{"prompt_tokens", input_tokens},
                                               {"completion_tokens", output_tokens},
                                               {"total_tokens", input_tokens + output_tokens}});
    say_raw(event_of(make_chunk({make_choice({}, "stop")})) + event_of(members) +
            "data: [DONE]\n\n");
    close();
}

void ScriptedAnswer::say_raw(std::string bytes) {
    if (!pieces_.try_push(std::move(bytes)) && !pieces_.is_closed()) {
        throw Failure{Kind::internal, "test.too_much", "the answer is not read"};
    }
}

class ScriptedProvider::Body final : public net::http::BodySource {
  public:
    explicit Body(std::shared_ptr<ScriptedAnswer> answer) : answer_(std::move(answer)) {}
    Task<std::optional<std::string>> next() override { return answer_->pieces_.pop(); }
    void on_client_gone() override {
        answer_->gone_.set();
        answer_->pieces_.close();
    }

  private:
    std::shared_ptr<ScriptedAnswer> answer_;
};

class ScriptedProvider::Answers final : public net::http::Handler {
  public:
    explicit Answers(ScriptedProvider& provider) : provider_(provider) {}

    Task<void> handle(net::http::Exchange& exchange) override {
        net::http::Response response;
        if (exchange.head().path.ends_with("/models")) {
            response.headers.append("Content-Type", "application/json");
            response.body =
                R"({"object":"list","data":[{"id":"scripted","object":"model","created":1,"owned_by":"test"}]})";
        } else {
            const std::string body = co_await exchange.read_body(prompt_bytes_max);
            auto answer = std::make_shared<ScriptedAnswer>(wire::parse(body));
            response.headers.append("Content-Type", "text/event-stream");
            response.stream = std::make_unique<Body>(answer);
            ++provider_.asked_;
            provider_.waiting_.push_back(std::move(answer));
            provider_.asked_for_.set();
        }
        co_await exchange.respond(std::move(response));
    }

  private:
    ScriptedProvider& provider_;
};

ScriptedProvider::ScriptedProvider(aio::Loop& loop)
    : answers_(std::make_unique<Answers>(*this)),
      server_(loop, {}, *answers_),
      port_(server_.listen({}).port) {}

ScriptedProvider::~ScriptedProvider() = default;

std::string ScriptedProvider::configuration() const {
    return "model:\n  openai: {url: \"http://127.0.0.1:" + std::to_string(port_) +
           "/v1\", list_models: false}\n  models: [{id: scripted, provider: openai}]\n  "
           "default_model: scripted\n";
}

Task<std::shared_ptr<ScriptedAnswer>> ScriptedProvider::next_answer() {
    const Steady deadline = soon();
    while (waiting_.empty()) {
        const bool in_time = co_await asked_for_.wait_until(deadline);
        if (!in_time) {
            throw Failure{Kind::timed_out, "test.timeout", "nobody asked the provider"};
        }
    }
    auto answer = waiting_.front();
    waiting_.pop_front();
    co_return answer;
}

Task<void> ScriptedProvider::close() {
    while (!waiting_.empty()) {
        waiting_.front()->close();
        waiting_.pop_front();
    }
    co_await server_.drain(std::chrono::steady_clock::now() + std::chrono::seconds{1});
}

}  // namespace loquat::test
