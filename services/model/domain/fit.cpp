#include "services/model/domain/fit.hpp"

#include <algorithm>
#include <vector>

#include "base/tokens.hpp"
#include "services/model/domain/think_filter.hpp"

namespace loquat::model {
namespace {

using contracts::GenerateRequest;
using contracts::PromptMessage;
using contracts::PromptRole;

constexpr std::int64_t tokens_each_message = 4;  // who speaks, and the marks around it
// Where the request says nothing of how long the answer may be.
constexpr std::int64_t reserved_tokens = 1'024;
constexpr double used_part = 7.0 / 8;  // of a limit that a provider has named
constexpr int tries_max = 4;
constexpr std::size_t known_max = 1'000;
constexpr std::chrono::hours known_for{1};

std::int64_t cost_of(const PromptMessage& message) {
    return count_tokens(message.content) + tokens_each_message;
}

std::string without_thoughts(const std::string& text) {
    ThinkFilter filter;
    std::string clean;
    filter.append(clean, text);
    filter.finish(clean);
    return clean;
}

bool may_hold_marks(std::string_view text) {
    return text.find('<') != std::string_view::npos ||
           text.find("THINK]") != std::string_view::npos ||
           text.find("think\u25b7") != std::string_view::npos;
}

// Of an answer that was stored before its thoughts were known as such.
void clean(std::vector<PromptMessage>& messages) {
    for (PromptMessage& message : messages) {
        if (message.role == PromptRole::assistant && may_hold_marks(message.content)) {
            message.content = without_thoughts(message.content);
        }
    }
    std::erase_if(messages, [](const PromptMessage& message) {
        return message.role == PromptRole::assistant && message.content.empty();
    });
}

bool is_system(const PromptMessage& message) { return message.role == PromptRole::system; }

// Drops older messages until the rest is within `fitted.tokens_max`.
void shorten(std::vector<PromptMessage>& messages, Fitted& fitted) {
    for (const PromptMessage& message : messages) {
        fitted.tokens += is_system(message) ? cost_of(message) : 0;
    }
    bool is_full = false;
    std::vector<bool> kept(messages.size(), true);
    for (std::size_t i = messages.size(); i-- > 0;) {
        if (is_system(messages[i])) {
            continue;
        }
        const std::int64_t cost = cost_of(messages[i]);
        is_full = is_full || (fitted.messages > 0 && fitted.tokens + cost > fitted.tokens_max);
        kept[i] = !is_full;
        fitted.messages += is_full ? 0 : 1;
        fitted.dropped += is_full ? 1 : 0;
        fitted.tokens += is_full ? 0 : cost;
    }
    std::size_t i = 0;
    std::erase_if(messages, [&](const PromptMessage&) { return !kept[i++]; });
    fitted.is_too_much = fitted.tokens > fitted.tokens_max;
}

}  // namespace

Fitted fit(const std::shared_ptr<const GenerateRequest>& request, std::int64_t window_tokens,
           Budget budget) {
    auto shortened = std::make_shared<GenerateRequest>(*request);
    const std::int64_t half = window_tokens / 2;
    const std::int64_t wanted =
        request->max_tokens.value_or(request->reserved_tokens.value_or(reserved_tokens));
    const std::int64_t reserved = std::min(wanted, half);
    Fitted fitted;
    fitted.tokens_max = std::min(window_tokens - reserved, budget.value_or(window_tokens));
    clean(shortened->messages);
    shorten(shortened->messages, fitted);
    if (shortened->max_tokens) {
        const std::int64_t room = std::max(window_tokens - fitted.tokens, half);
        shortened->max_tokens =
            static_cast<std::int32_t>(std::clamp<std::int64_t>(*shortened->max_tokens, 1, room));
    }
    fitted.request = std::move(shortened);
    return fitted;
}

Budget smaller_budget(const Fitted& given, const SaidTokens& said, int tries) {
    if (given.messages <= 1 || tries >= tries_max) {
        return std::nullopt;
    }
    if (tries + 1 == tries_max) {
        return 1;  // the last message alone
    }
    const std::int64_t half = given.tokens / 2;
    if (!said.limit || tries > 0) {
        return half;
    }
    // Its tokens may be smaller than ours.
    const auto tokens = static_cast<double>(given.tokens);
    const double scale =
        said.needed ? std::clamp(static_cast<double>(*said.needed) / tokens, 1.0, 4.0) : 1.1;
    const auto room = static_cast<double>(*said.limit) * used_part / scale;
    return std::min(static_cast<std::int64_t>(room), given.tokens * 9 / 10);
}

Budget Budgets::find(const std::string& model, Steady now) const {
    const auto found = known_.find(model);
    return found == known_.end() || found->second.until <= now ? std::nullopt
                                                               : Budget{found->second.tokens};
}

void Budgets::note(const std::string& model, std::int64_t tokens, Steady now) {
    if (known_.size() >= known_max) {
        known_.clear();
    }
    known_.insert_or_assign(model, Known{tokens, now + known_for});
}

}  // namespace loquat::model
