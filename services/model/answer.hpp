#pragma once
#include <memory>
#include <string>
#include <vector>

#include "aio/pipe.hpp"
#include "aio/scope.hpp"
#include "base/tokens.hpp"
#include "services/model/catalogue.hpp"
#include "services/model/domain/fit.hpp"

namespace loquat::model {

// One running answer: tries the models of its route until a token has come, passes on what comes,
// and ends with exactly one `usage` and one `done`, whatever happens.  One loop.
class Answer final : public AnswerSink {
  public:
    using Writer = aio::PipeWriter<contracts::ModelEvent>;

    struct Order {
        std::shared_ptr<const contracts::GenerateRequest> request;
        std::vector<ChoicePtr> route;
        Budgets& budgets;
    };

    Answer(aio::Loop& loop, const Clock& clock, Order order, Writer writer);

    // To the end; all events have been given then.  Never canceled from outside: see `cancel`.
    Task<void> run();
    // The provider's connection closes at once; `usage` and `done` still come.  False when the
    // answer has ended already.
    bool cancel();
    // Waits for its reader no longer: what does not fit is lost.
    void hurry() { hurried_ = true; }

    void on_accepted() override { accepted_ = true; }
    bool on_text(std::string text) override;
    void on_taken_back() override;
    void on_thoughts(std::int64_t tokens) override;
    void on_usage(TokenUsage usage) override;
    Task<void> room() override;

  private:
    enum class Fate : std::uint8_t { running, canceled, abandoned };

    Task<void> work();
    Task<void> try_route();
    Task<void> try_backend(ChoicePtr choice);
    Task<bool> wait_for_turn(Backend& backend, Slots::Lease& lease);
    Task<void> try_fitted(Backend& backend);
    Task<void> try_once(ChoicePtr choice);
    Task<bool> ask_shorter(int tries);
    void refuse_empty();
    bool is_made_for_another() const;
    void fit_to(const Choice& choice, Budget budget);
    bool push_notice();
    bool refuse_too_much();
    void stop(Fate fate);
    void set_back(Setback setback);
    bool push_pending();
    Task<void> push_surely(contracts::ModelEvent event);
    Task<void> tell_end();
    contracts::ModelEvent usage_event() const;
    std::int64_t count_input() const;
    void count_end();
    bool may_go_on() const;

    aio::Loop& loop_;
    const Clock& clock_;
    std::shared_ptr<const contracts::GenerateRequest> request_;
    std::vector<ChoicePtr> route_;
    Budgets& budgets_;
    Fitted fitted_;     // what `choice_` is given
    ChoicePtr choice_;  // that is tried, or that has answered
    Writer writer_;
    aio::Scope scope_;
    aio::Signal ended_;
    Steady begun_at_;
    std::string pending_;  // text that did not fit
    TokenCounter counter_;
    std::int64_t thoughts_ = 0;
    std::int64_t taken_back_ = 0;  // tokens of text that turned out to be thoughts
    bool has_told_text_ = false;   // the reader has some that counts
    bool is_reset_due_ = false;
    bool is_notice_due_ = false;
    bool has_told_notice_ = false;
    TokenUsage usage_;
    Ending ending_;
    std::optional<Setback> first_setback_;  // and what that try used
    TokenUsage first_usage_;
    bool first_accepted_ = false;
    Fate fate_ = Fate::running;
    bool accepted_ = false;
    bool has_begun_ = false;
    bool over_ = false;
    bool hurried_ = false;
};

}  // namespace loquat::model
