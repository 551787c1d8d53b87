#include "services/chat/generations/open_answers.hpp"

#include "services/chat/generations/elsewhere.hpp"

namespace loquat::chat {

Task<void> OpenAnswers::check_model(std::string model) {
    try {
        co_await catalog.find(std::move(model), "assistant.model");
    } catch (const Failure& failure) {
        if (failure.code == "model.unknown") {
            throw;
        }
    }
}

std::vector<contracts::LiveGeneration> OpenAnswers::list_live(const ChatId& chat) const {
    std::vector<contracts::LiveGeneration> list;
    for (const LivePtr& live : lives.of_chat(chat)) {
        const GenerationRecord& record = live->record;
        contracts::LiveGeneration& one = list.emplace_back();
        one.generationId = record.id.to_string();
        one.user_id = record.user;
        one.model = record.model;
        // The end is told by its events, which follow.
        one.state = is_terminal(record.state) ? GenerationState::streaming : record.state;
        one.queue_position = queue.position(record.user, record.id);
        one.text = record.text;
        one.event_id = live->told;
    }
    return list;
}

Task<std::vector<contracts::LiveGeneration>> OpenAnswers::list_elsewhere(ChatId chat) {
    std::vector<contracts::LiveGeneration> list;
    if (nodes_ == nullptr) {
        co_return list;
    }
    for (GenerationRecord& record : co_await nodes_->list_streaming(chat)) {
        if (lives.find(record.id)) {
            continue;
        }
        const JournalParts parts = co_await nodes_->read_parts(record.id, 1);
        add_parts(record, parts);
        contracts::LiveGeneration& one = list.emplace_back();
        one.generationId = record.id.to_string();
        one.user_id = record.user;
        one.model = record.model;
        one.state = GenerationState::streaming;
        one.text = record.text;
        one.event_id = static_cast<std::int64_t>(count_events(record));
    }
    co_return list;
}

}  // namespace loquat::chat
