#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aio/task.hpp"
#include "base/clock.hpp"
#include "base/failure.hpp"
#include "contracts/model/model.hpp"
#include "services/model/config.hpp"
#include "services/model/domain/too_long.hpp"

namespace loquat::model {

// Whether another try may help, as long as no token has come.
enum class Again : std::uint8_t {
    never,      // the request itself is refused
    elsewhere,  // with another provider
    here,       // with this one too, after a pause
};

// Why a try did not succeed.
struct Setback {
    Failure failure;
    Again again = Again::elsewhere;
    std::optional<std::chrono::milliseconds> retry_after;  // what the provider asked for
    SaidTokens said;  // of `provider.prompt_too_long`: less may be taken
};

inline constexpr std::string_view prompt_too_long_code = "provider.prompt_too_long";

// How a try ended.
struct Ending {
    std::optional<Setback> setback;
    std::string finish_reason;  // when it succeeded: stop, length, content_filter or other
};

// Figures of the provider, each as contracts::is_token_figure wants it.
struct TokenUsage {
    std::optional<std::int64_t> input;
    std::optional<std::int64_t> output;
    bool is_output_final = false;  // it came once the answer was whole
};

// Where a provider puts what comes.
class AnswerSink {
  public:
    virtual ~AnswerSink() = default;
    // The provider has taken the request: from now on it may cost something.
    virtual void on_accepted() = 0;
    // New text, as contracts::ModelEvent wants it.  False when the reader is behind: await `room`.
    virtual bool on_text(std::string text) = 0;
    // All text so far was thought aloud: nobody is to keep it.
    virtual void on_taken_back() = 0;
    // Tokens that are no text of the answer: thoughts.  Counted here.
    virtual void on_thoughts(std::int64_t tokens) = 0;
    virtual void on_usage(TokenUsage usage) = 0;
    virtual Task<void> room() = 0;
};

struct Prompt {
    std::string model;  // the provider's name for it
    std::shared_ptr<const contracts::GenerateRequest> request;
};

struct ListedModel {
    std::string name;
    std::int64_t context_tokens = 0;  // 0: not said
};

// Somebody who runs models.  One loop.
class Provider {
  public:
    virtual ~Provider() = default;
    // One try.  Cancellation closes what it has open at once and throws; everything else that can
    // go wrong is a Setback.
    virtual Task<Ending> answer(Prompt prompt, AnswerSink& sink) = 0;
    // What it offers.  Throws a Failure provider.*.
    virtual Task<std::vector<ListedModel>> list_models() = 0;
    // Requests before this time would only be refused.
    virtual Steady held_until() const { return Steady::min(); }
    // Keys are read again.
    // `fresh` has other values for what is `live`.
    virtual void reload(const Config& fresh) { static_cast<void>(fresh); }
};

}  // namespace loquat::model
