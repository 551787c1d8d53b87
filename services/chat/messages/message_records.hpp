#pragma once
#include "contracts/core/caller.hpp"
#include "store/history/message_history.hpp"
#include "store/log/event_log.hpp"

// Records of messages on their way through the log to the store.
namespace loquat::chat {

// Returns when it is durable.
Task<void> append_record(store::EventLog& log, const contracts::MessageRecord& record);

// How long a caller waits for the store, by the clock of the loop's timers.
Steady store_deadline(const contracts::Caller& caller, std::chrono::milliseconds store_wait);

// A record that the consumer refused, as the caller's failure.
[[noreturn]] void throw_refused(const contracts::Outcome& outcome);

}  // namespace loquat::chat
