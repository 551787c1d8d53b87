#include "services/model/tests/support.hpp"

#include "base/text.hpp"
#include "services/model/adapters/openai_provider.hpp"
#include "services/model/adapters/simulated.hpp"

namespace loquat::model::test {

using contracts::ModelEvent;
using contracts::ModelEventType;

void add_event(Said& said, const ModelEvent& event) {
    switch (event.type) {
        case ModelEventType::delta:
            EXPECT_FALSE(event.delta->empty());
            EXPECT_TRUE(is_utf8(*event.delta));
            EXPECT_FALSE(find_control_character(*event.delta).has_value());
            said.text += *event.delta;
            ++said.deltas;
            if (!said.order.ends_with('d')) {
                said.order += 'd';
            }
            break;
        case ModelEventType::reset:
            said.text.clear();
            said.order += 'r';
            break;
        case ModelEventType::notice:
            said.order += 's';
            said.given = event.messages.value_or(-1);
            said.dropped = event.dropped.value_or(-1);
            break;
        case ModelEventType::error:
            said.code = event.code.value_or("");
            said.order += 'e';
            break;
        case ModelEventType::usage:
            said.input = event.inputTokens.value_or(-1);
            said.output = event.outputTokens.value_or(-1);
            said.source = wire::enum_name(event.source.value());
            said.model = event.model.value_or("");
            said.provider = event.provider.value_or("");
            said.order += 'u';
            break;
        case ModelEventType::done:
            said.finish_reason = event.finish_reason.value_or("");
            said.order += 'n';
            break;
    }
}

Task<Said> read_all(contracts::Feed<ModelEvent>& feed) {
    Said said;
    for (;;) {
        const std::vector<ModelEvent> events = co_await feed.next(in(20s));
        if (events.empty()) {
            co_return said;
        }
        for (const ModelEvent& event : events) {
            add_event(said, event);
        }
    }
}

Task<std::string> read_text(contracts::Feed<ModelEvent>& feed, std::size_t count) {
    Said said;
    while (said.text.size() < count) {
        const std::vector<ModelEvent> events = co_await feed.next(in(20s));
        if (events.empty()) {
            break;
        }
        for (const ModelEvent& event : events) {
            add_event(said, event);
        }
    }
    co_return said.text;
}

contracts::GenerateRequest ask(std::string prompt, std::string id) {
    contracts::GenerateRequest request;
    request.generationId = std::move(id);
    request.messages.push_back({contracts::PromptRole::user, std::move(prompt)});
    return request;
}

ProviderConfig quick_provider(std::uint16_t port, std::string name) {
    ProviderConfig provider;
    provider.name = std::move(name);
    provider.url = "http://127.0.0.1:" + std::to_string(port) + "/v1";
    provider.tries_max = 1;
    provider.retry_ms_max = std::chrono::milliseconds{20};
    provider.list_models = false;
    return provider;
}

FakeProvider::FakeProvider(aio::Loop& loop, std::vector<std::string> answers)
    : scope_(loop, "fake provider"),
      answers_(std::move(answers)),
      listener_(loop, {}, [this](net::Stream stream) {
          scope_.start(serve(std::move(stream), connections_++));
      }) {}

FakeProvider::FakeProvider(aio::Loop& loop, Play play)
    : scope_(loop, "fake provider"),
      play_(std::move(play)),
      listener_(loop, {}, [this](net::Stream stream) {
          scope_.start(serve(std::move(stream), connections_++));
      }) {}

Task<void> FakeProvider::close() {
    listener_.close();
    co_await scope_.close();
}

Task<void> FakeProvider::serve(net::Stream stream, std::size_t number) {
    if (play_) {
        co_await play_(stream);
        co_return;
    }
    std::string request = co_await read_request(stream);
    requests_.push_back(std::move(request));
    if (number < answers_.size()) {
        co_await stream.write_all(answers_[number]);
    }
}

Task<std::string> FakeProvider::read_request(net::Stream& stream) {
    std::string all;
    char piece[4096];
    for (;;) {
        const std::size_t head = all.find("\r\n\r\n");
        if (head != std::string::npos) {
            const std::size_t at = all.find("Content-Length: ");
            const std::size_t end = at == std::string::npos ? at : all.find("\r\n", at);
            const std::uint64_t length =
                at == std::string::npos
                    ? 0
                    : parse_number(std::string_view{all}.substr(at + 16, end - at - 16))
                          .value_or(0);
            if (all.size() >= head + 4 + length) {
                co_return all;
            }
        }
        const net::IoResult result = stream.try_read(piece);
        if (result.state == net::Io::bytes) {
            all.append(piece, result.bytes);
        } else if (result.state == net::Io::would_block) {
            co_await stream.readable();
        } else {
            co_return all;
        }
    }
}

Task<void> FakeProvider::wait_for_close(net::Stream& stream) {
    char piece[64];
    for (;;) {
        const net::IoResult result = stream.try_read(piece);
        if (result.state == net::Io::would_block) {
            co_await stream.readable();
        } else if (result.state != net::Io::bytes) {
            co_return;
        }
    }
}

std::string http_answer(std::string_view body, std::string_view head) {
    return std::string{head} + "Connection: close\r\n\r\n" + std::string{body};
}

std::string delta(std::string_view text) {
    std::string event = R"(data: {"choices":[{"index":0,"delta":{"content":)";
    wire::append_json_string(event, text);
    return event + "}}]}\n\n";
}

std::string finish(std::string_view reason) {
    return R"(data: {"choices":[{"index":0,"delta":{},"finish_reason":")" + std::string{reason} +
           "\"}]}\n\n";
}

std::string usage(int input, int output) {
    return R"(data: {"choices":[],"usage":{"prompt_tokens":)" + std::to_string(input) +
           R"(,"completion_tokens":)" + std::to_string(output) + "}}\n\n";
}

Stage::Stage(Config of) : config(std::move(of)) {}

Backend& Stage::add(const ProviderConfig& provider) {
    auto adapter = std::make_unique<OpenAiProvider>(loop, clock, provider);
    const Breaker::Rules rules{.failures = config.breaker_failures, .rest = config.breaker_ms};
    backends_.push_back(std::make_unique<Backend>(std::move(adapter), provider, rules, metrics));
    return *backends_.back();
}

void Stage::add_simulated() {
    ProviderConfig simulated;
    simulated.name = simulated_name;
    simulated.tries_max = 1;
    simulated.concurrent_max = config.simulated.concurrent_max;
    auto adapter =
        std::make_unique<Simulated>(loop, config.simulated, config.openai.next_token_ms_max);
    backends_.push_back(
        std::make_unique<Backend>(std::move(adapter), simulated, Breaker::Rules{}, metrics));
}

void Stage::run(std::function<Task<void>()> body) {
    add_simulated();
    inference = std::make_unique<Inference>(loop, clock, config, std::move(backends_));
    auto whole = [this, body = std::move(body)]() -> Task<void> {
        std::exception_ptr failed;
        try {
            co_await body();
        } catch (...) {
            failed = std::current_exception();
        }
        co_await inference->stop(in(stop_time));
        for (const auto& fake : fakes) {
            co_await fake->close();
        }
        if (failed) {
            std::rethrow_exception(failed);
        }
    };
    run_to_end(loop, whole());
    inference.reset();
}

Task<Said> Stage::answer(contracts::GenerateRequest request) {
    contracts::FeedPtr<ModelEvent> feed = co_await inference->generate({}, std::move(request));
    Said said = co_await read_all(*feed);
    co_return said;
}

Task<std::string> Stage::code_of(contracts::GenerateRequest request) {
    std::string code;
    try {
        const contracts::FeedPtr<ModelEvent> feed =
            co_await inference->generate({}, std::move(request));
    } catch (const Failure& failure) {
        code = failure.code;
    }
    co_return code;
}

}  // namespace loquat::model::test
