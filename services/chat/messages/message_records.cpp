#include "services/chat/messages/message_records.hpp"

#include <algorithm>

#include "services/chat/domain/failures.hpp"

namespace loquat::chat {

Task<void> append_record(store::EventLog& log, const contracts::MessageRecord& record) {
    co_await log.append(std::string{contracts::records::messages.topic}, record.chat.to_string(),
                        contracts::encode(record));
}

Steady store_deadline(const contracts::Caller& caller, std::chrono::milliseconds store_wait) {
    const Steady latest = std::chrono::steady_clock::now() + store_wait;
    return std::min(latest, caller.deadline);
}

void throw_refused(const contracts::Outcome& outcome) {
    if (outcome.code == "message.not_found") {
        throw message_not_found();
    }
    if (outcome.code == "message.deleted") {
        throw message_deleted();
    }
    if (outcome.code == "chat.forbidden") {
        throw forbidden("Only the sender may do this.");
    }
    if (outcome.code == "record.refused") {
        throw Failure{
            Kind::internal, "message.not_stored",
            "The store does not take this message. It was kept for who runs this server."};
    }
    throw Failure{Kind::internal, "server.internal", "Something went wrong.",
                  "the consumer refused a record: " + outcome.code};
}

}  // namespace loquat::chat
