#pragma once
#include <chrono>

#include "base/failure.hpp"
#include "services/chat/domain/generation.hpp"

// The refusals around answers, each with its stable code.
namespace loquat::chat {

inline Failure generation_not_found() {
    return {Kind::not_found, "generation.not_found", "There is no such answer."};
}
inline Failure nothing_to_answer() {
    return {Kind::conflict, "generation.nothing_to_answer",
            "There is no message of a person that could be answered."};
}
inline Failure generation_conflict() {
    return {Kind::conflict, "generation.client_id_conflict",
            "Another answer was already asked for with this client_id."};
}
inline Failure in_flight_limit(std::int64_t waiting_max) {
    return Failure{Kind::limited, "generation.in_flight_limit",
                   "One answer is being written and " + std::to_string(waiting_max) +
                       " wait. Wait until one ends, or stop one."}
        .retry_in(std::chrono::seconds{5});
}
inline Failure assistant_off() {
    return {Kind::forbidden, "chat.assistant_off", "The assistant is switched off here."};
}
inline Failure no_such_event(std::int64_t last) {
    return {Kind::invalid, "generation.no_such_event",
            "The last event of this answer is " + std::to_string(last) + "."};
}

// Of an answer whose process ended.
inline Ending interrupted() {
    return {GenerationState::failed,
            GenerationError{"interrupted", "The service stopped while it was written."}};
}

}  // namespace loquat::chat
