#pragma once
#include <deque>
#include <memory>
#include <string>

#include "aio/channel.hpp"
#include "aio/loop.hpp"
#include "aio/signal.hpp"
#include "net/http/server.hpp"
#include "wire/json.hpp"

namespace loquat::test {

// One answer that somebody asked the provider for.  It says just what the test tells it.
class ScriptedAnswer {
  public:
    explicit ScriptedAnswer(wire::Value asked) : asked_(std::move(asked)) {}

    // The request's body: model, messages ...
    const wire::Value& asked() const { return asked_; }
    // The text of the last message.
    std::string prompt() const;

    void say(const std::string& delta);
    // The end, with figures of use.
    void finish(int input_tokens, int output_tokens);
    // Bytes as they are.
    void say_raw(std::string bytes);
    // The connection ends; without `finish` before it the answer is truncated.
    void close() { pieces_.close(); }

    // Waits until nobody reads the answer any more; false at the deadline.
    Task<bool> abandoned(Steady deadline) { return gone_.wait_until(deadline); }

  private:
    friend class ScriptedProvider;
    wire::Value asked_;
    aio::Channel<std::string> pieces_{10'000};
    aio::Signal gone_;
};

// An OpenAI-compatible provider under the control of a test, on the test's loop.  Its one model is
// `scripted`.
class ScriptedProvider {
  public:
    explicit ScriptedProvider(aio::Loop& loop);
    ~ScriptedProvider();

    // Configuration of a platform that shall use it, as YAML.
    std::string configuration() const;
    std::uint16_t port() const { return port_; }
    // The next answer that is asked for.  Throws `test.timeout`.
    Task<std::shared_ptr<ScriptedAnswer>> next_answer();
    // How often it was asked.
    std::size_t asked() const { return asked_; }
    Task<void> close();

  private:
    class Answers;
    class Body;

    std::unique_ptr<Answers> answers_;
    net::http::Server server_;
    std::uint16_t port_;
    std::deque<std::shared_ptr<ScriptedAnswer>> waiting_;
    aio::Signal asked_for_;
    std::size_t asked_ = 0;
};

}  // namespace loquat::test
