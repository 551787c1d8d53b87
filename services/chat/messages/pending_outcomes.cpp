#include "services/chat/messages/pending_outcomes.hpp"

#include <algorithm>

#include "base/failure.hpp"
#include "base/ids.hpp"
#include "store/broadcast/subscribe.hpp"

namespace loquat::chat {

PendingOutcomes::PendingOutcomes(store::Broadcast& broadcast, std::size_t waiters_max)
    : broadcast_(broadcast), waiters_max_(waiters_max), origin_(Uuid::make().to_string()) {}

void PendingOutcomes::start() {
    auto on_event_here = [this](std::optional<contracts::OutcomeEvent> event) {
        on_event(std::move(event));
    };
    subscription_ = store::subscribe(broadcast_, contracts::topics::chat_outcome, origin_,
                                     std::move(on_event_here));
}

void PendingOutcomes::stop() {
    subscription_.end();
    is_stopping_ = true;
    release_all();
}

void PendingOutcomes::release_all() {
    for (const auto& [ref, ticket] : tickets_) {
        ticket->signal_.set();
    }
}

void PendingOutcomes::on_event(std::optional<contracts::OutcomeEvent> event) {
    if (!event) {
        release_all();
        return;
    }
    if (const auto found = tickets_.find(event->origin_ref); found != tickets_.end()) {
        found->second->outcome_ = std::move(event->outcome);
        found->second->signal_.set();
    }
}

PendingOutcomes::Ticket::Ticket(PendingOutcomes& outcomes)
    : outcomes_(outcomes), ref_(outcomes.next_ref_++) {
    if (outcomes.tickets_.size() >= outcomes.waiters_max_) {
        throw Failure{Kind::unavailable, "server.overloaded",
                      "Too many messages wait to be stored."}
            .retry_in(std::chrono::seconds{1});
    }
    outcomes.tickets_.emplace(ref_, this);
}

PendingOutcomes::Ticket::~Ticket() { outcomes_.tickets_.erase(ref_); }

Task<PendingOutcomes::Arrival> PendingOutcomes::Ticket::wait_until(Steady deadline) {
    const Steady now = std::chrono::steady_clock::now();
    const bool is_heard = outcomes_.broadcast_.reach() == store::Reach::everybody;
    const Steady until = is_heard ? deadline : std::min(deadline, now + ask_pause);
    const bool is_released = co_await signal_.wait_until(until);
    if (outcome_) {
        co_return Arrival::arrived;
    }
    const bool is_over = outcomes_.is_stopping_ || (!is_released && until == deadline);
    co_return is_over ? Arrival::late : Arrival::unknown;
}

}  // namespace loquat::chat
