#include "testing/scripted_provider.hpp"

#include "base/failure.hpp"
#include "testing/provider_text.hpp"

namespace loquat::test {
namespace {

constexpr std::size_t prompt_bytes_max = 16 << 20;
constexpr std::chrono::seconds patience{20};

Steady soon() { return std::chrono::steady_clock::now() + patience; }

constexpr std::string_view model = "scripted";

}  // namespace

std::string ScriptedAnswer::prompt() const {
    const wire::Value* messages = asked_.find("messages");
    const wire::Value* content = messages->if_array()->back().find("content");
    return *content->if_string();
}

void ScriptedAnswer::say(const std::string& delta) { say_raw(delta_event(model, delta)); }

void ScriptedAnswer::finish(int input_tokens, int output_tokens) {
    say_raw(end_events(model, {.input_tokens = input_tokens, .output_tokens = output_tokens}));
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
            response.body = models_body(model);
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
