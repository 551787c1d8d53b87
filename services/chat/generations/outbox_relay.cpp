#include "services/chat/generations/outbox_relay.hpp"

#include "base/failure.hpp"
#include "contracts/usage/usage_record.hpp"
#include "services/chat/domain/assistant.hpp"

namespace loquat::chat {
namespace {

contracts::UsageState usage_state(GenerationState state) {
    switch (state) {
        case GenerationState::failed:
            return contracts::UsageState::failed;
        case GenerationState::canceled:
            return contracts::UsageState::canceled;
        case GenerationState::queued:
        case GenerationState::streaming:
        case GenerationState::succeeded:
            return contracts::UsageState::succeeded;
    }
    return contracts::UsageState::succeeded;
}

// One that never reached a model used nothing and leaves no record.
bool has_usage(const GenerationRecord& record) {
    return record.tokens.input > 0 || record.tokens.output > 0 ||
           record.state == GenerationState::succeeded;
}

store::KeyedPayload to_payload(const contracts::MessageRecord& message) {
    return {message.chat.to_string(), contracts::encode(message)};
}

}  // namespace

std::optional<contracts::UsageRecord> usage_of(const GenerationRecord& record) {
    if (!has_usage(record)) {
        return std::nullopt;
    }
    contracts::UsageRecord usage;
    usage.user = record.user;
    usage.chat = record.chat;
    usage.generation_id = record.id.to_string();
    usage.model = record.model;
    usage.provider = record.provider;
    usage.input_tokens = record.tokens.input;
    usage.output_tokens = record.tokens.output;
    usage.source = record.tokens.source;
    usage.state = usage_state(record.state);
    usage.cost_micros = record.cost_micros;
    usage.at = record.finished_at.value_or(record.created_at);
    return usage;
}

contracts::MessageRecord message_of(const GenerationRecord& record) {
    contracts::MessageRecord message;
    message.chat = record.chat;
    message.message_id = *record.answer;
    message.sender = {assistant_id(), std::string{assistant_username}, record.model_label,
                      contracts::ParticipantKind::assistant};
    message.client_id = "generation:" + record.id.to_string();
    message.text = record.text;
    message.generation_id = record.id.to_string();
    message.at = record.finished_at.value_or(record.created_at);
    return message;
}

Task<void> OutboxRelay::settle(std::vector<GenerationRecord> records) {
    std::vector<store::KeyedPayload> messages;
    for (const GenerationRecord& record : records) {
        if (record.answer) {
            messages.push_back(to_payload(message_of(record)));
        }
    }
    co_await append(std::move(records), std::move(messages));
}

Task<void> OutboxRelay::settle(GenerationRecord record, PendingOutcomes& outcomes,
                               PendingOutcomes::Ticket& ticket) {
    std::vector<store::KeyedPayload> messages;
    if (record.answer) {
        contracts::MessageRecord message = message_of(record);
        message.origin = outcomes.origin();
        message.origin_ref = ticket.ref();
        messages.push_back(to_payload(message));
    }
    std::vector<GenerationRecord> records;
    records.push_back(std::move(record));
    co_await append(std::move(records), std::move(messages));
}

Task<void> OutboxRelay::append(std::vector<GenerationRecord> records,
                               std::vector<store::KeyedPayload> messages) {
    std::vector<contracts::UsageRecord> usages;
    std::vector<GenerationId> ids;
    for (const GenerationRecord& record : records) {
        if (auto usage = usage_of(record)) {
            pending_usage_.note(*usage);
            usages.push_back(std::move(*usage));
        }
        ids.push_back(record.id);
    }
    if (!messages.empty()) {
        co_await store::append_in_groups(log_, std::string{contracts::records::messages.topic},
                                         std::move(messages));
    }
    if (!usages.empty()) {
        co_await append_usages(std::move(usages));
    }
    co_await store_.settle(std::move(ids));
}

Task<void> OutboxRelay::append_usages(std::vector<contracts::UsageRecord> usages) {
    std::vector<store::KeyedPayload> payloads;
    for (const contracts::UsageRecord& usage : usages) {
        payloads.push_back({usage.user.to_string(), contracts::encode(usage)});
    }
    std::string topic{contracts::records::usage.topic};
    const auto places =
        co_await store::append_in_groups(log_, std::move(topic), std::move(payloads));
    for (std::size_t i = 0; i < usages.size(); ++i) {
        pending_usage_.note(usages[i], places[i]);
    }
}

Task<void> OutboxRelay::settle_left() {
    std::optional<GenerationId> before;
    for (;;) {
        auto left = co_await store_.list_unsettled();
        if (left.empty()) {
            co_return;
        }
        // Oldest first: what was settled does not come again.
        if (before == left.front().id) {
            throw Failure{Kind::unavailable, "store.unavailable",
                          "The store cannot be used at the moment.",
                          "what was settled is listed again"};
        }
        before = left.front().id;
        co_await settle(std::move(left));
    }
}

}  // namespace loquat::chat
