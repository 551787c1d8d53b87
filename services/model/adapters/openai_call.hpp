#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "net/alarm.hpp"
#include "net/http/client.hpp"
#include "services/model/adapters/openai_stream.hpp"
#include "services/model/config.hpp"
#include "services/model/ports.hpp"

namespace loquat::model {

// One POST /chat/completions and its answer.  The deadlines: to the first token, between tokens (a
// comment is no token), and, once the answer is whole, a moment for the figures that may follow.
class OpenAiCall final : net::Alarm {
  public:
    struct Request {
        const net::http::Origin& origin;
        std::string target;
        std::string head_lines;  // whole fields with their line ends
        std::string body;
    };

    OpenAiCall(net::http::Client& client, const Clock& clock, const ProviderConfig& config,
               AnswerSink& sink);
    ~OpenAiCall() = default;

    Task<Ending> run(Request request);

    // How long further requests would only be refused, as the answer's head says.
    std::optional<std::chrono::milliseconds> hold() const { return hold_; }

  private:
    using Call = net::http::ClientCall;

    void on_alarm() override;
    void set_alarm(std::chrono::milliseconds time);
    Task<void> exchange(Call& call, const Request& request);
    void take_limits(const Call& call);
    Task<void> read_error(Call& call);
    Task<void> read_stream(Call& call);
    void take_piece(Call& call, std::string_view piece, std::string& text);
    void watch_tokens(std::uint64_t seen_before);
    Task<void> drain(Call& call);
    void end_broken(const Failure& failure);
    bool give(std::string text);
    void tell_rest();

    net::http::Client& client_;
    const Clock& clock_;
    const ProviderConfig& config_;
    AnswerSink& sink_;
    OpenAiStream stream_;
    Call* call_ = nullptr;
    std::optional<Setback> setback_;
    std::optional<std::chrono::milliseconds> hold_;
    bool timed_out_ = false;
    bool finish_seen_ = false;
};

}  // namespace loquat::model
