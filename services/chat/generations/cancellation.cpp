#include "services/chat/generations/cancellation.hpp"

namespace loquat::chat {

Task<contracts::CanceledGeneration> Cancellation::cancel_generation(
    contracts::Caller caller, contracts::GenerationRef request) {
    const UserId user = caller.user_id();
    const AnswerReader::Readable readable =
        co_await parts_.reader.get_readable(user, request.generationId);
    const GenerationRecord& record = readable.record;
    const ConversationPtr conversation = co_await parts_.cache.get(record.chat, user, Action::read);
    const MemberRecord* member = conversation->find(user);
    const bool is_admin = member != nullptr && member->role != MemberRole::member;
    if (record.user != user && !is_admin) {
        throw Failure{Kind::forbidden, "chat.forbidden",
                      "Only who asked, and the conversation's admins, may stop an answer."};
    }
    const LivePtr live = parts_.lives.find(record.id);
    if (!live && parts_.elsewhere.has(record)) {
        parts_.audit.note(caller,
                          {.action = "generation.canceled", .subject = request.generationId});
        const auto ended = co_await parts_.elsewhere.cancel(record.id, caller.deadline);
        co_return contracts::CanceledGeneration{request.generationId,
                                                ended ? ended->state : record.state};
    }
    if (!live) {
        co_return contracts::CanceledGeneration{request.generationId, record.state};
    }
    if (parts_.lifecycle.end_early(live, {GenerationState::canceled, std::nullopt})) {
        parts_.audit.note(caller,
                          {.action = "generation.canceled", .subject = request.generationId});
    }
    co_await live->durable.wait_until(caller.deadline);
    const GenerationState state =
        live->durable.is_open() ? live->record.state : live->ending->state;
    co_return contracts::CanceledGeneration{request.generationId, state};
}

}  // namespace loquat::chat
