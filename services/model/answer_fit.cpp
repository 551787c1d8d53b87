#include <limits>

#include "services/model/answer.hpp"

// What the model that is asked is given, and what is said when it is less.
namespace loquat::model {
namespace {

using contracts::ModelEvent;
using contracts::ModelEventType;

constexpr std::int64_t unbounded_tokens = std::numeric_limits<std::int32_t>::max();

}  // namespace

// The prompt is made for the widest model of the route.
bool Answer::is_made_for_another() const {
    const auto& first = route_.front();
    return widest_of(route_) > first->info.context_tokens;
}

// Gives the model that is asked what fits.  Where no other model reads more, the one that was asked
// for has a prompt made for it.
void Answer::fit_to(const Choice& choice, Budget budget) {
    const bool is_first = choice_ == route_.front();
    const bool is_made_for_it = is_first && !budget && !is_made_for_another();
    fitted_ = fit(request_, is_made_for_it ? unbounded_tokens : choice.info.context_tokens, budget);
    is_notice_due_ =
        fitted_.dropped > 0 || has_told_notice_ || (!is_first && is_made_for_another());
}

// A model that cannot even read the last message is not asked, unless nobody else could be.
bool Answer::refuse_too_much() {
    const bool is_last_hope = choice_ == route_.front() && !is_made_for_another();
    if (!fitted_.is_too_much || is_last_hope) {
        return false;
    }
    set_back({Failure{Kind::unavailable, std::string{prompt_too_long_code},
                      "The conversation is too long for this model.",
                      "the message alone is more than " +
                          std::to_string(choice_->info.context_tokens) + " tokens"},
              Again::elsewhere});
    return true;
}

// Whether the provider says that it was too much, and less can be given.
Task<bool> Answer::ask_shorter(int tries) {
    const bool is_too_long = may_go_on() && ending_.setback->failure.code == prompt_too_long_code;
    const Budget less =
        is_too_long ? smaller_budget(fitted_, ending_.setback->said, tries) : std::nullopt;
    if (!less) {
        if (!ending_.setback && tries > 0) {
            budgets_.note(choice_->info.id, fitted_.tokens_max, clock_.steady());
        }
        co_return false;
    }
    fit_to(*choice_, less);
    if (choice_ == route_.front()) {
        first_setback_.reset();
    }
    co_return true;
}

// An answer without a word is none.
void Answer::refuse_empty() {
    const bool is_spent = ending_.finish_reason == "length" && thoughts_ > 0;
    set_back({Failure{Kind::unavailable, "provider.bad_answer",
                      is_spent ? "The model used up its tokens before it came to an answer."
                               : "The model gave an empty answer.",
                      "no text, " + ending_.finish_reason},
              Again::elsewhere});
}

// Once for a prompt, before the first word that it brings.
bool Answer::push_notice() {
    if (!is_notice_due_) {
        return true;
    }
    ModelEvent notice{.type = ModelEventType::notice};
    notice.messages = fitted_.messages;
    notice.dropped = fitted_.dropped;
    notice.context_tokens = fitted_.tokens;
    notice.context_max = fitted_.tokens_max;
    if (writer_.push_from(notice) == aio::Push::full) {
        return false;
    }
    is_notice_due_ = false;
    has_told_notice_ = true;
    return true;
}

}  // namespace loquat::model
