#include "aio/scope.hpp"
#include "aio/signal.hpp"
#include "services/consumer/tests/consumer_world.hpp"
#include "testing/await.hpp"
#include "testing/log_double.hpp"

namespace loquat::consumer {
namespace {

// Cannot be read at first, as a server's that is away.
class AwayLog final : public test::LogDouble {
  public:
    explicit AwayLog(std::function<void()> on_wait) : on_wait_(std::move(on_wait)) {}

    Task<store::LogPlace> append(std::string topic, std::string key, std::string payload) override {
        return inner().append(std::move(topic), std::move(key), std::move(payload));
    }
    Task<std::vector<store::LogPlace>> append_all(
        std::string topic, std::vector<store::KeyedPayload> records) override {
        return inner().append_all(std::move(topic), std::move(records));
    }
    Task<std::vector<store::LogRecordPtr>> read(store::Partition from, store::Offset after,
                                                store::ReadLimit limit) override {
        if (failures_left_-- > 0) {
            throw Failure{Kind::unavailable, "store.unavailable", "away"};
        }
        return inner().read(std::move(from), after, limit);
    }
    Task<bool> wait(store::Partition in, store::Offset after, Steady deadline) override {
        on_wait_();
        return inner().wait(std::move(in), after, deadline);
    }

  private:
    std::function<void()> on_wait_;
    int failures_left_ = 2;
};

TEST_F(ConsumerTest, has_no_trouble_any_more_while_it_waits_for_what_comes_next) {
    aio::Signal waits;
    bool had_trouble = false;
    bool has_trouble = true;
    log = std::make_unique<AwayLog>([&] {
        had_trouble = metrics.failures.value() > 0;
        has_trouble = consumer->trouble().has_value();
        waits.set();
    });
    consumer = make_consumer();
    auto watch = [&]() -> Task<void> {
        aio::Scope scope{loop, "test"};
        scope.start(consumer->run());
        co_await waits.wait();
        co_await scope.close();
    };

    test::await(loop, watch());

    EXPECT_TRUE(had_trouble);
    EXPECT_FALSE(has_trouble);
}

// What accepting says while the store fails, as long as it takes.
struct AwayStoreTest : ConsumerTest {
    std::string accepted_meanwhile() {
        const auto gated = store::make_gated_log(*log, troubles);
        append(make.message(chat, "one"));
        aio::Signal failed;
        messages.fail_before = 1'000'000;
        messages.on_apply = [&] {
            if (metrics.failures.value() > 0) {
                failed.set();
            }
        };
        std::string code;
        auto watch = [&]() -> Task<void> {
            aio::Scope scope{loop, "test"};
            scope.start(consumer->run());
            co_await failed.wait();
            std::string payload = contracts::encode(make.message(chat, "two"));
            try {
                co_await gated->append("chat.messages", "key", std::move(payload));
            } catch (const Failure& failure) {
                code = failure.code;
            }
            co_await scope.close();
        };
        test::await(loop, watch());
        EXPECT_TRUE(consumer->trouble());
        return code;
    }
};

TEST_F(AwayStoreTest, is_no_reason_to_accept_nothing_when_its_server_is_away) {
    messages.is_at_server = true;

    EXPECT_EQ(accepted_meanwhile(), "");
}

TEST_F(AwayStoreTest, is_one_when_it_is_in_files) {
    EXPECT_EQ(accepted_meanwhile(), "store.stopped");
}

// As one that needs longer for so many than an answer may take.
TEST_F(ConsumerTest, asks_a_store_that_is_late_for_less_at_once) {
    for (int i = 0; i < 8; ++i) {
        append(make.message(chat, std::to_string(i)));
    }
    messages.refuses = [](const MessageBatch& batch) {
        return std::string{batch.records.size() > 2 ? "upstream.timeout" : ""};
    };

    EXPECT_EQ(failing_drain(), "upstream.timeout");
    EXPECT_EQ(failing_drain(), "upstream.timeout");
    EXPECT_EQ(drain(), 2U);

    messages.refuses = nullptr;
    EXPECT_EQ(drain(), 4U) << "and for more again once it is in time";
    EXPECT_EQ(drain(), 2U);
    EXPECT_EQ(texts().size(), 8U);
}

}  // namespace
}  // namespace loquat::consumer
