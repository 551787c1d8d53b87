#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "aio/loop.hpp"
#include "aio/run.hpp"
#include "net/listener.hpp"
#include "net/stream.hpp"
#include "services/model/model.hpp"

namespace loquat::model::test {

using namespace std::chrono_literals;

inline Steady in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

// All that an answer said.
struct Said {
    std::string text;
    std::size_t deltas = 0;
    std::string code;
    std::string finish_reason;
    std::string model;
    std::string provider;
    std::int64_t input = -1;
    std::int64_t output = -1;
    std::string source;
    std::int64_t given = -1;  // messages, when it was told
    std::int64_t dropped = -1;
    std::string order;  // d for deltas, r for reset, s for notice, e, u, n for done
};

void add_event(Said& said, const contracts::ModelEvent& event);
// Reads to the end.
Task<Said> read_all(contracts::Feed<contracts::ModelEvent>& feed);
// Until `count` bytes of text have come.
Task<std::string> read_text(contracts::Feed<contracts::ModelEvent>& feed, std::size_t count);

contracts::GenerateRequest ask(std::string prompt, std::string id = "g1");

// Quick to fail, so that tests need not wait: two tries, and short deadlines only where a test sets
// them.
ProviderConfig quick_provider(std::uint16_t port, std::string name = "openai");

// A provider on the loopback that serves one prepared answer a connection, or does what a test
// says.
class FakeProvider {
  public:
    using Play = std::function<Task<void>(net::Stream&)>;

    FakeProvider(aio::Loop& loop, std::vector<std::string> answers);
    FakeProvider(aio::Loop& loop, Play play);

    std::uint16_t port() const { return listener_.port(); }
    std::size_t connections() const { return connections_; }
    const std::vector<std::string>& requests() const { return requests_; }
    Task<void> close();

    // A whole request: head and counted body.
    static Task<std::string> read_request(net::Stream& stream);
    // Until the other side has closed.
    static Task<void> wait_for_close(net::Stream& stream);

  private:
    Task<void> serve(net::Stream stream, std::size_t number);

    aio::Scope scope_;
    std::vector<std::string> answers_;
    Play play_;
    std::vector<std::string> requests_;
    std::size_t connections_ = 0;
    net::Listener listener_;
};

// An HTTP answer that ends with its connection.
std::string http_answer(std::string_view body, std::string_view head =
                                                   "HTTP/1.1 200 OK\r\n"
                                                   "Content-Type: text/event-stream\r\n");
// `data: {...}` of one delta; its finish.
std::string delta(std::string_view text);
std::string finish(std::string_view reason = "stop");
std::string usage(int input, int output);
inline constexpr std::string_view done = "data: [DONE]\n\n";

// The service on a loop of its own.
class Stage {
  public:
    explicit Stage(Config config = {});

    // Adds a provider before `run`.
    Backend& add(const ProviderConfig& provider);
    // Runs the body, then stops everything.
    void run(std::function<Task<void>()> body);
    // Asks, and reads to the end.
    Task<Said> answer(contracts::GenerateRequest request);
    Task<std::string> code_of(contracts::GenerateRequest request);

    aio::Loop loop{"test"};
    SystemClock clock;
    runtime::Metrics metrics;
    Config config;
    std::chrono::milliseconds stop_time{5'000};
    std::unique_ptr<Inference> inference;
    std::vector<std::unique_ptr<FakeProvider>> fakes;

  private:
    void add_simulated();
    std::vector<std::unique_ptr<Backend>> backends_;
};

// One provider with one model `m` before the service.
struct Scene : Stage {
    FakeProvider& serve(std::vector<std::string> answers) {
        fakes.push_back(std::make_unique<FakeProvider>(loop, std::move(answers)));
        return *fakes.back();
    }
    FakeProvider& play(FakeProvider::Play play) {
        fakes.push_back(std::make_unique<FakeProvider>(loop, std::move(play)));
        return *fakes.back();
    }
    Said ask_once(const ProviderConfig& provider, contracts::GenerateRequest request = ask("hi")) {
        config.models = {{.id = "m", .provider = provider.name, .name = "upstream-m"}};
        add(provider);
        Said said;
        run([&]() -> Task<void> { said = co_await answer(std::move(request)); });
        return said;
    }
};

}  // namespace loquat::model::test
