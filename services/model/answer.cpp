#include "services/model/answer.hpp"

#include "aio/backoff.hpp"
#include "base/log.hpp"

namespace loquat::model {
namespace {

using contracts::ModelEvent;
using contracts::ModelEventType;
using std::chrono::milliseconds;

constexpr milliseconds room_pause{10};
constexpr milliseconds room_wait_max{60'000};
constexpr milliseconds first_retry{500};

Setback left_alone(const Backend& backend) {
    return {Failure{Kind::unavailable, "provider.unavailable",
                    "The provider of this model does not work just now.",
                    backend.name + " is left alone after failures"},
            Again::elsewhere};
}

Setback held_back(milliseconds left) {
    return {Failure{Kind::unavailable, "provider.rate_limited",
                    "The provider of this model takes no more requests just now."}
                .retry_in(std::chrono::ceil<std::chrono::seconds>(left)),
            Again::elsewhere};
}

// Whether it speaks against the provider, and not against the request or the account.
bool is_fault(const std::string& code) {
    return code == "provider.unavailable" || code == "provider.timeout" ||
           code == "provider.truncated" || code == "provider.bad_answer" ||
           code == "provider.untrusted";
}

// A try that a breaker has let through says what became of it, also when it is canceled.
class BreakerTry {
  public:
    BreakerTry(Backend& backend, const Clock& clock) : backend_(backend), clock_(clock) {
        backend_.metrics.tries.add();
        backend_.metrics.running.add(1);
    }
    ~BreakerTry() {
        if (!decided_) {
            backend_.breaker.undecided();
        }
        backend_.metrics.running.add(-1);
        backend_.metrics.breaker.set(
            static_cast<std::int64_t>(backend_.breaker.state(clock_.steady())));
        backend_.rests_until = backend_.breaker.opens_at().time_since_epoch().count();
    }
    BreakerTry(const BreakerTry&) = delete;
    BreakerTry& operator=(const BreakerTry&) = delete;

    void decide(const Ending& ending) {
        if (!ending.setback) {
            backend_.breaker.succeeded();
            decided_ = true;
            return;
        }
        backend_.metrics.count_failure(ending.setback->failure.code);
        if (is_fault(ending.setback->failure.code)) {
            backend_.breaker.failed(clock_.steady());
            decided_ = true;
        }
    }

  private:
    Backend& backend_;
    const Clock& clock_;
    bool decided_ = false;
};

}  // namespace

Answer::Answer(aio::Loop& loop, const Clock& clock, Order order, Writer writer)
    : loop_(loop),
      clock_(clock),
      request_(std::move(order.request)),
      route_(std::move(order.route)),
      budgets_(order.budgets),
      choice_(route_.front()),
      writer_(std::move(writer)),
      scope_(loop, "model"),
      begun_at_(clock.steady()) {
    writer_.on_reader_gone([this] { stop(Fate::abandoned); });
}

Task<void> Answer::run() {
    if (fate_ == Fate::running) {
        scope_.start(work());
        co_await ended_.wait();
        co_await scope_.close();
    }
    co_await tell_end();
    over_ = true;
    count_end();
}

bool Answer::cancel() {
    const bool was_running = !over_ && fate_ == Fate::running;
    stop(Fate::canceled);
    return was_running;
}

void Answer::stop(Fate fate) {
    if (!over_ && fate_ == Fate::running) {
        fate_ = fate;
        scope_.cancel();
    }
}

Task<void> Answer::work() {
    std::exception_ptr error;
    try {
        co_await try_route();
    } catch (...) {
        error = std::current_exception();
    }
    if (error && !aio::is_cancellation(error)) {
        log_error({.service = "model"}, "an answer failed", {{"error", aio::describe(error)}});
        set_back({Failure{Kind::internal, "server.internal", "The server has failed."}});
    }
    ended_.set();
}

bool Answer::may_go_on() const {
    return ending_.setback && !has_begun_ && ending_.setback->again != Again::never;
}

Task<void> Answer::try_route() {
    for (const ChoicePtr& choice : route_) {
        choice_ = choice;
        co_await try_backend(choice);
        if (!may_go_on()) {
            break;
        }
    }
    // Of several the model that was asked for says why.
    if (may_go_on() && first_setback_) {
        ending_.setback = first_setback_;
        usage_ = first_usage_;
        accepted_ = first_accepted_;
        choice_ = route_.front();
    }
}

void Answer::set_back(Setback setback) {
    if (!first_setback_) {
        first_setback_ = setback;
        first_usage_ = usage_;
        first_accepted_ = accepted_;
    }
    log_warn({.service = "model"}, "a try failed",
             {{"provider", choice_->backend->name},
              {"model", choice_->name},
              {"code", setback.failure.code},
              {"detail", setback.failure.detail}});
    ending_.setback = std::move(setback);
}

Task<void> Answer::try_backend(ChoicePtr choice) {
    Backend& backend = *choice->backend;
    ending_ = {};
    usage_ = {};
    accepted_ = false;
    Slots::Lease lease;
    const bool has_turn = co_await wait_for_turn(backend, lease);
    if (!has_turn) {
        co_return;
    }
    fit_to(*choice, budgets_.find(choice->info.id, clock_.steady()));
    for (int shorter = 0;; ++shorter) {
        if (refuse_too_much()) {
            co_return;
        }
        co_await try_fitted(backend);
        const bool is_shorter = co_await ask_shorter(shorter);
        if (!is_shorter) {
            co_return;
        }
    }
}

// With pauses, as often as a provider is tried.
Task<void> Answer::try_fitted(Backend& backend) {
    const ChoicePtr choice = choice_;
    aio::Backoff backoff{std::min(first_retry, backend.retry_max), backend.retry_max};
    for (std::int64_t number = 1; number <= backend.tries_max; ++number) {
        if (!backend.breaker.try_begin(clock_.steady())) {
            if (!ending_.setback) {
                set_back(left_alone(backend));
            }
            break;
        }
        co_await try_once(choice);
        if (!may_go_on() || ending_.setback->again != Again::here || number == backend.tries_max) {
            break;
        }
        const milliseconds asked = ending_.setback->retry_after.value_or(milliseconds{0});
        if (asked > backend.retry_max) {
            break;
        }
        co_await loop_.sleep_for(std::max(asked, backoff.next()));
    }
}

// A slot, and the end of a rate limit that is known.  False after a setback.
Task<bool> Answer::wait_for_turn(Backend& backend, Slots::Lease& lease) {
    std::optional<Failure> failure;
    try {
        lease = co_await backend.slots.take(clock_.steady() + backend.waiting_max);
    } catch (const Failure& full) {
        failure = full;
    }
    if (failure) {
        set_back({std::move(*failure), Again::elsewhere});
        co_return false;
    }
    const Steady until = backend.provider->held_until();
    const Steady now = clock_.steady();
    if (until <= now) {
        co_return true;
    }
    const milliseconds left = std::chrono::ceil<milliseconds>(until - now);
    if (left > backend.waiting_max) {
        set_back(held_back(left));
        co_return false;
    }
    co_await loop_.sleep_for(left);
    co_return true;
}

Task<void> Answer::try_once(ChoicePtr choice) {
    BreakerTry attempt{*choice->backend, clock_};
    Prompt prompt{.model = choice->name, .request = fitted_.request};
    usage_ = {};
    accepted_ = false;
    thoughts_ = 0;
    taken_back_ = 0;
    ending_ = {};
    Ending ending = co_await choice->backend->provider->answer(std::move(prompt), *this);
    attempt.decide(ending);
    std::optional<Setback> setback = std::exchange(ending.setback, std::nullopt);
    ending_ = std::move(ending);
    if (setback) {
        set_back(std::move(*setback));
    } else if (!has_begun_) {
        refuse_empty();
    }
    // It has begun, though not with words: another may, this one not again.
    if (ending_.setback && ending_.setback->again == Again::here && thoughts_ + taken_back_ > 0) {
        ending_.setback->again = Again::elsewhere;
    }
}

bool Answer::on_text(std::string text) {
    if (text.empty()) {
        return true;
    }
    if (!has_begun_) {
        has_begun_ = true;
        choice_->backend->metrics.first_token_seconds.observe(clock_.steady() - begun_at_);
    }
    counter_.add(text);
    if (pending_.empty()) {
        pending_ = std::move(text);
    } else {
        pending_ += text;
    }
    return push_pending();
}

void Answer::on_thoughts(std::int64_t tokens) { thoughts_ = tokens; }

void Answer::on_usage(TokenUsage usage) { usage_ = usage; }

void Answer::on_taken_back() {
    pending_.clear();
    taken_back_ += counter_.count();
    counter_ = {};
    has_begun_ = false;
    is_reset_due_ = is_reset_due_ || std::exchange(has_told_text_, false);
    push_pending();
}

bool Answer::push_pending() {
    if (!push_notice()) {
        return false;
    }
    if (is_reset_due_) {
        ModelEvent reset{.type = ModelEventType::reset};
        if (writer_.push_from(reset) == aio::Push::full) {
            return false;
        }
        is_reset_due_ = false;
    }
    if (pending_.empty()) {
        return true;
    }
    ModelEvent event{.type = ModelEventType::delta};
    event.delta = std::move(pending_);
    pending_.clear();
    if (writer_.push_from(event) == aio::Push::full) {
        pending_ = std::move(*event.delta);
        return false;
    }
    has_told_text_ = true;
    return true;
}

Task<void> Answer::room() {
    const Steady late = clock_.steady() + room_wait_max;
    while (!push_pending()) {
        if (clock_.steady() >= late) {
            stop(Fate::abandoned);  // what is awaited next throws
        }
        co_await loop_.sleep_for(room_pause);
    }
}

Task<void> Answer::push_surely(ModelEvent event) {
    const Steady late = clock_.steady() + room_wait_max;
    while (writer_.push_from(event) == aio::Push::full && clock_.steady() < late && !hurried_) {
        co_await loop_.sleep_for(room_pause);
    }
}

}  // namespace loquat::model
