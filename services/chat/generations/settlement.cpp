#include "services/chat/generations/settlement.hpp"

#include "aio/scope.hpp"
#include "base/log.hpp"

namespace loquat::chat {
namespace {

constexpr std::chrono::milliseconds settle_pause{2'000};

}  // namespace

// The message is there before `done` is told, if the store can do it in a moment.
Task<void> Settlement::settle(LivePtr live) {
    std::exception_ptr error;
    try {
        PendingOutcomes::Ticket ticket{parts_.outcomes};
        co_await parts_.outbox.settle(live->record, parts_.outcomes, ticket);
        if (live->record.answer && !parts_.open.is_stopping) {
            const Steady deadline = std::chrono::steady_clock::now() + parts_.config.store_wait_ms;
            auto arrival = PendingOutcomes::Arrival::unknown;
            while (arrival == PendingOutcomes::Arrival::unknown) {
                arrival = co_await ticket.wait_until(deadline);
            }
        }
    } catch (const Failure&) {
        error = std::current_exception();
    }
    if (error) {
        has_unsettled_ = true;
        const std::string what = aio::describe(error);
        log_warn({.service = "chat"}, "an answer is not in the log yet", {{"error", what}});
    }
}

Task<void> Settlement::forget_recorded() {
    if (!parts_.pending_usage.empty()) {
        parts_.pending_usage.forget(co_await parts_.ledger.through());
    }
}

Task<void> Settlement::keep_settling() {
    for (;;) {
        std::exception_ptr error;
        if (std::exchange(has_unsettled_, false)) {
            try {
                co_await parts_.outbox.settle_left();
            } catch (const Failure&) {
                error = std::current_exception();
            }
        }
        try {
            co_await forget_recorded();
        } catch (const Failure& failure) {
            log_warn({.service = "chat"}, "the ledger does not answer", {{"error", failure.code}});
        }
        if (error) {
            has_unsettled_ = true;
            const std::string what = aio::describe(error);
            log_warn({.service = "chat"}, "answers are not in the log yet", {{"error", what}});
        }
        co_await parts_.loop.sleep_for(settle_pause);
    }
}

}  // namespace loquat::chat
