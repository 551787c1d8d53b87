#pragma once
#include <optional>
#include <string>
#include <unordered_map>

#include "aio/signal.hpp"
#include "contracts/chat/broadcasts.hpp"
#include "store/broadcast/broadcast.hpp"

namespace loquat::chat {

// What the consumer made of the records that somebody waits for.  The name `origin` is this
// instance's own, new at every start, so that nobody else's answers come here.
class PendingOutcomes {
  public:
    enum class Arrival {
        arrived,
        late,     // not before the deadline; the record is in the log all the same
        unknown,  // answers may have been lost, or cannot come: the store knows; then wait on
    };

    // A place to wait, held from before the record is appended.  Throws `server.overloaded` (503)
    // when too many wait.
    class Ticket {
      public:
        explicit Ticket(PendingOutcomes& outcomes);
        ~Ticket();
        Ticket(const Ticket&) = delete;
        Ticket& operator=(const Ticket&) = delete;

        std::uint64_t ref() const { return ref_; }
        // `deadline` by the clock of the loop's timers.
        Task<Arrival> wait_until(Steady deadline);
        // After it arrived.
        contracts::Outcome& outcome() { return *outcome_; }

      private:
        friend class PendingOutcomes;
        PendingOutcomes& outcomes_;
        std::uint64_t ref_;
        std::optional<contracts::Outcome> outcome_;
        aio::Signal signal_;
    };

    // How often who waits asks the store while nothing is heard of other processes.
    static constexpr std::chrono::milliseconds ask_pause{50};

    PendingOutcomes(store::Broadcast& broadcast, std::size_t waiters_max);

    const std::string& origin() const { return origin_; }
    std::size_t waiting() const { return tickets_.size(); }
    // Before anybody waits, on the loop.
    void start();
    // Who still waits is told that the answer comes late.
    void stop();

  private:
    void on_event(std::optional<contracts::OutcomeEvent> event);
    void release_all();

    store::Broadcast& broadcast_;
    std::size_t waiters_max_;
    bool is_stopping_ = false;
    std::string origin_;
    std::uint64_t next_ref_ = 1;
    std::unordered_map<std::uint64_t, Ticket*> tickets_;
    store::Subscription subscription_;
};

}  // namespace loquat::chat
