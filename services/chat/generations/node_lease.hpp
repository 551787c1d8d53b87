#pragma once
#include <functional>

#include "aio/loop.hpp"
#include "base/time_with_sleep.hpp"
#include "services/chat/cache/conversation_cache.hpp"
#include "services/chat/generations/generation_publisher.hpp"
#include "services/chat/generations/lifecycle.hpp"
#include "services/chat/generations/open_answers.hpp"
#include "services/chat/generations/recovery.hpp"

namespace loquat::chat {

// This instance among those that write answers at one database (docs/adr/0078): renews its lease,
// ends what others want to end here, and what instances left that are not there any more.
class NodeLease {
  public:
    static constexpr std::chrono::milliseconds beat_pause{500};
    // Whose lease is older has lost what it writes.
    static constexpr std::chrono::milliseconds age_max{3'000};
    // The same of one whose connection has ended, as that of a killed process does at once.  One
    // that lives has another one by then, and has beaten.
    static constexpr std::chrono::milliseconds gone_age_max{1'500};

    struct Parts {
        AnswerNodes* nodes = nullptr;  // null: nobody else writes answers
        const OpenAnswers& open;
        Lifecycle& lifecycle;
        Recovery& recovery;
        Settlement& settlement;
        GenerationPublisher& publisher;
        aio::Loop& loop;
        // A machine that slept has not beaten.
        std::function<Steady()> now = time_with_sleep;
    };

    explicit NodeLease(Parts parts) : parts_(parts) {}

    bool is_shared() const { return parts_.nodes != nullptr; }
    // Before the first answer.
    Task<void> join();
    // Until it is cancelled.
    Task<void> keep_beating();
    // One beat; throws as the store.
    Task<void> beat();
    // After the last answer.
    Task<void> leave();

  private:
    void end_all();
    Task<void> end_abandoned();

    Parts parts_;
    // When beats began to succeed without a pause: only then is it the others who are away.
    std::optional<Steady> steady_since_;
    Steady last_beat_{};
};

}  // namespace loquat::chat
