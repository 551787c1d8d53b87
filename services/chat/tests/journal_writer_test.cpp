#include "services/chat/generations/journal_writer.hpp"

#include <gtest/gtest.h>

#include "aio/run.hpp"
#include "runtime/telemetry/metrics.hpp"
#include "services/chat/adapters/memory_generations.hpp"
#include "store/broadcast/local_broadcast.hpp"

namespace loquat::chat {
namespace {

// A writer on a memory journal that keeps 8,000 bytes for old answers.
struct Writing {
    aio::Loop loop{"test"};
    aio::Scope scope{loop, "writing"};
    std::unique_ptr<store::Broadcast> broadcast = store::make_local_broadcast();
    runtime::Metrics registry;
    GenerationMetrics metrics{registry};
    GenerationPublisher publisher{*broadcast};
    std::unique_ptr<GenerationJournal> journal = make_memory_journal();
    JournalWriter writer{{*journal, publisher, scope, metrics, [](const LivePtr&) {}, 8'000}};

    LivePtr make_live() {
        auto live = std::make_shared<Live>();
        live->record.id = GenerationId::make();
        return live;
    }
    Task<void> say(const LivePtr& live, std::string text) {
        GenerationEvent event;
        event.kind = EventKind::delta;
        event.delta = std::move(text);
        writer.note(live, std::move(event));
        co_await writer.flush(live);
    }
};

TEST(JournalWriter, keeps_little_for_an_answer_that_is_written_for_long) {
    Writing test;
    const LivePtr slow = test.make_live();
    auto body = [&]() -> Task<void> {
        co_await test.say(slow, "a beginning ");
        co_await test.say(slow, "and more");
        std::uint64_t kept_max = 0;
        std::uint64_t last = 0;
        for (int i = 0; i < 200; ++i) {
            const LivePtr quick = test.make_live();
            co_await test.say(quick, std::string(500, 'x'));
            last = quick->first_row;
            kept_max = std::max(kept_max, last - std::min(last, slow->first_row));
            test.writer.forget(*quick);
        }

        JournalParts of_slow;
        for (const JournalRow& row : co_await test.journal->read(slow->first_row - 1)) {
            for (const JournalPart& part : row.parts) {
                if (part.id == slow->record.id) {
                    of_slow.push_back(part);
                }
            }
        }
        EXPECT_LT(kept_max, 12'000U);
        EXPECT_EQ(of_slow.front().first_event, 1);
        EXPECT_EQ(of_slow.front().events.size(), 2U);
        EXPECT_EQ(of_slow.front().events.back().delta, "and more");
        co_await test.scope.close();
    };

    aio::run_to_end(test.loop, body());
}

}  // namespace
}  // namespace loquat::chat
