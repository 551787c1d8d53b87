#include "services/model/model.hpp"

#include "aio/backoff.hpp"
#include "base/log.hpp"

namespace loquat::model {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t events_waiting_max = 1'024;  // of one answer, for its reader
constexpr milliseconds first_list_wait{2'000};
constexpr milliseconds list_poll{20};
constexpr milliseconds list_retry_first{1'000};
constexpr milliseconds list_retry_most{60'000};

Failure overloaded() {
    return Failure{Kind::unavailable, "model.overloaded",
                   "Too many answers are being written just now."}
        .retry_in(std::chrono::seconds{2});
}

}  // namespace

Inference::Inference(aio::Loop& loop, const Clock& clock, const Config& config,
                     std::vector<std::unique_ptr<Backend>> backends)
    : loop_(loop),
      clock_(clock),
      config_(config),
      backends_(std::move(backends)),
      catalogue_(config_, backends_),
      scope_(loop, "model"),
      lists_(loop, "model") {}

Task<contracts::Models> Inference::list_models(contracts::Caller, contracts::Empty) {
    co_return catalogue_.list();
}

Task<contracts::FeedPtr<contracts::ModelEvent>> Inference::generate(
    contracts::Caller, contracts::GenerateRequest request) {
    if (request.messages.empty()) {
        throw invalid_field("messages", "required", "says nothing to answer");
    }
    const std::vector<ChoicePtr> route = co_await find_route(request.model);
    if (route.empty()) {
        throw Failure{Kind::invalid, "model.unknown", "There is no model of that name."};
    }
    if (stopping_ || answers_.size() >= config_.answers_max) {
        throw overloaded();
    }
    const std::string id = request.generationId;
    if (answers_.contains(id)) {
        throw Failure{Kind::conflict, "model.id_in_use", "An answer of this id is being written."};
    }
    auto [writer, reader] = aio::make_pipe<contracts::ModelEvent>(events_waiting_max);
    auto shared = std::make_shared<const contracts::GenerateRequest>(std::move(request));
    Answer::Order order{std::move(shared), route, budgets_};
    auto answer = std::make_shared<Answer>(loop_, clock_, std::move(order), std::move(writer));
    answers_.emplace(id, answer);
    scope_.start(host(id, std::move(answer)));
    co_return contracts::make_feed(std::move(reader));
}

Task<contracts::CanceledGenerate> Inference::cancel_generate(
    contracts::Caller, contracts::CancelGenerateRequest request) {
    const auto found = answers_.find(request.generationId);
    const bool was_running = found != answers_.end() && found->second->cancel();
    co_return contracts::CanceledGenerate{.generationId = std::move(request.generationId),
                                          .was_running = was_running};
}

Task<void> Inference::host(std::string id, std::shared_ptr<Answer> answer) {
    co_await answer->run();
    answers_.erase(id);
    if (answers_.empty()) {
        emptied_.set();
    }
}

// Right after the start a model may not be listed yet: waits for that a little.
Task<std::vector<ChoicePtr>> Inference::find_route(std::optional<std::string> id) {
    const Steady late = clock_.steady() + first_list_wait;
    std::vector<ChoicePtr> route = catalogue_.route(id);
    while (route.empty() && first_lists_ > 0 && clock_.steady() < late) {
        co_await loop_.sleep_for(list_poll);
        route = catalogue_.route(id);
    }
    co_return route;
}

void Inference::keep_listing(Backend& backend) {
    ++first_lists_;
    lists_.start(list_for_ever(&backend));
}

Task<void> Inference::list_for_ever(Backend* backend) {
    aio::Backoff backoff{list_retry_first, list_retry_most};
    bool is_first = true;
    while (true) {
        const bool listed = co_await list_once(backend);
        first_lists_ -= std::exchange(is_first, false) ? 1 : 0;
        milliseconds pause = config_.list_seconds;
        if (listed) {
            backoff.reset();
        } else {
            pause = backoff.next();
        }
        co_await loop_.sleep_for(pause);
    }
}

Task<bool> Inference::list_once(Backend* backend) {
    std::string problem;
    try {
        const std::vector<ListedModel> models = co_await backend->provider->list_models();
        catalogue_.set_listed(*backend, models);
    } catch (const Failure& failure) {
        problem = failure.code + ": " + failure.detail;
    }
    if (!problem.empty()) {
        log_warn({.service = "model"}, "a provider does not list its models",
                 {{"provider", backend->name}, {"problem", problem}});
    }
    co_return problem.empty();
}

void Inference::reload(const Config& fresh) {
    for (const auto& backend : backends_) {
        backend->provider->reload(fresh);
    }
}

Task<void> Inference::stop(Steady deadline) {
    stopping_ = true;
    co_await lists_.close();
    for (const auto& [id, answer] : answers_) {
        answer->cancel();
    }
    while (!answers_.empty()) {
        const bool in_time = co_await emptied_.wait_until(deadline);
        if (!in_time) {
            for (const auto& [id, answer] : answers_) {
                answer->hurry();
            }
            deadline = Steady::max();
        }
    }
    co_await scope_.close();
}

}  // namespace loquat::model
