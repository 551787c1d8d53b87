#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"
#include "contracts/model/model.hpp"
#include "services/model/domain/too_long.hpp"

namespace loquat::model {

// What of a request one model is given.
struct Fitted {
    std::shared_ptr<const contracts::GenerateRequest> request;
    std::int64_t messages = 0;    // beside the system prompt
    std::int64_t dropped = 0;     // older ones, each left out whole
    std::int64_t tokens = 0;      // counted, of what is given
    std::int64_t tokens_max = 0;  // that would have been
    bool is_too_much = false;     // even the last message alone
};

// How much a model has turned out to read, in tokens as they are counted here.  None: as its window
// says.
using Budget = std::optional<std::int64_t>;

// The system prompt and as many of the newest messages as fit beside the answer into
// `window_tokens` and `budget`; what other models thought aloud in former answers is left out.  The
// answer may be as long as there is room.
Fitted fit(const std::shared_ptr<const contracts::GenerateRequest>& request,
           std::int64_t window_tokens, Budget budget);

// The budget of the next try after a provider has said that `given` was too long; none when less
// cannot be given.  `tries` such answers have come before.
Budget smaller_budget(const Fitted& given, const SaidTokens& said, int tries);

// What models have turned out to read, so that the next answer does not begin by being refused.
// Forgotten after an hour: servers are started anew with other windows.
class Budgets {
  public:
    Budget find(const std::string& model, Steady now) const;
    void note(const std::string& model, std::int64_t tokens, Steady now);

  private:
    struct Known {
        std::int64_t tokens;
        Steady until;
    };
    std::unordered_map<std::string, Known> known_;
};

}  // namespace loquat::model
