#pragma once
#include <gtest/gtest.h>

#include "aio/scope.hpp"
#include "aio/signal.hpp"
#include "contracts/chat/broadcasts.hpp"
#include "services/consumer/adapters/memory/memory_messages.hpp"
#include "services/consumer/consumer.hpp"
#include "services/consumer/tests/faulty_messages.hpp"
#include "services/consumer/tests/message_support.hpp"
#include "store/broadcast/local_broadcast.hpp"
#include "store/broadcast/subscribe.hpp"
#include "store/log/memory_log.hpp"
#include "store/tests/position_support.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"
#include "testing/log_double.hpp"
#include "wire/json.hpp"

namespace loquat::consumer {

using contracts::OutcomeKind;
using test::await;

struct ConsumerTest : testing::Test {
    aio::Loop loop{"test"};
    FakeClock clock;
    runtime::Metrics registry;
    ConsumerMetrics metrics{registry};
    store::TopicTroubles troubles;
    std::unique_ptr<store::EventLog> log = store::make_memory_log();
    std::unique_ptr<MessageStore> inner = make_memory_messages();
    FaultyMessages messages{*inner};
    std::unique_ptr<store::Broadcast> broadcast = store::make_local_broadcast();
    std::unique_ptr<Consumer> consumer = make_consumer();
    RecordMaker make;
    ChatId chat = ChatId::make();
    std::vector<contracts::RoomEvent> room;
    std::vector<contracts::StoredEvent> stored;
    std::vector<contracts::OutcomeEvent> outcomes;
    std::vector<store::Subscription> subscriptions;

    ConsumerTest() {
        loop.post([this] {
            using namespace contracts::topics;
            subscriptions.push_back(store::subscribe(
                *broadcast, chat_room, chat,
                [this](std::optional<contracts::RoomEvent> told) { room.push_back(*told); }));
            subscriptions.push_back(store::subscribe(
                *broadcast, chat_stored,
                [this](std::optional<contracts::StoredEvent> told) { stored.push_back(*told); }));
            subscriptions.push_back(
                store::subscribe(*broadcast, chat_outcome, "node",
                                 [this](std::optional<contracts::OutcomeEvent> told) {
                                     outcomes.push_back(*told);
                                 }));
        });
        loop.poll();
    }
    ~ConsumerTest() override {
        loop.post([this] { subscriptions.clear(); });
        loop.poll();
    }

    static Config quick_config() {
        Config config;
        config.retry_ms_min = std::chrono::milliseconds{1};
        config.retry_ms_max = std::chrono::milliseconds{2};
        return config;
    }
    std::unique_ptr<Consumer> make_consumer(std::uint32_t partition = 0) {
        return std::make_unique<Consumer>(
            Consumer::Parts{*log, messages, *broadcast, clock, metrics, troubles}, quick_config(),
            partition);
    }
    void append(const contracts::MessageRecord& record) {
        await(loop,
              log->append("chat.messages", record.chat.to_string(), contracts::encode(record)));
    }
    // The store's place at the beginning of this log.
    store::Position take_up() {
        const Uuid identity = await(loop, log->identity("chat.messages"));
        return store::take_up(loop, *inner, "chat.messages", identity);
    }
    std::size_t drain() {
        const std::size_t count = await(loop, consumer->drain_once());
        loop.poll();
        return count;
    }
    std::string failing_drain() {
        return test::code_of([this] { drain(); });
    }
    std::vector<std::string> texts() {
        std::vector<std::string> found;
        for (const auto& message : await(loop, inner->page({.chat = chat, .limit = 200})).items) {
            found.push_back(message.text);
        }
        return found;
    }
};

using Texts = std::vector<std::string>;

}  // namespace loquat::consumer
