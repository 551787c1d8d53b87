#include "services/consumer/tests/consumer_world.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"
#include "testing/log_double.hpp"

// What another instance has read from a log at a server, and stored, comes here later.
namespace loquat::consumer {
namespace {

using test::await;

class LateLog final : public test::LogDouble {
  public:
    store::Offset missing = 0;  // so many of the last are not here yet
    bool comes = false;         // to who waits
    bool is_away = false;

    Task<store::LogPlace> append(std::string topic, std::string key, std::string payload) override {
        return inner().append(std::move(topic), std::move(key), std::move(payload));
    }
    Task<std::vector<store::LogPlace>> append_all(
        std::string topic, std::vector<store::KeyedPayload> records) override {
        return inner().append_all(std::move(topic), std::move(records));
    }
    Task<store::LogEnds> ends(store::Partition of) override {
        store::LogEnds found = co_await inner().ends(std::move(of));
        found.last -= missing;
        co_return found;
    }
    Task<bool> wait(store::Partition, store::Offset, Steady) override {
        missing = comes ? 0 : missing;
        co_return comes;
    }
    store::LogState state() const override {
        return is_away ? store::LogState::broken : store::LogState::ready;
    }
};

struct LateTail : ConsumerTest {
    LateTail() {
        auto made = std::make_unique<LateLog>();
        late = made.get();
        log = std::move(made);
        consumer = make_consumer();
        messages.is_at_server = true;
        append(make.message(chat, "one"));
        drain();
        // As another instance that stores it and is gone.
        append(make.message(chat, "two"));
        drain();
        consumer = make_consumer();
        late->missing = 1;
    }

    LateLog* late = nullptr;
};

TEST_F(LateTail, is_waited_for) {
    late->comes = true;

    EXPECT_EQ(drain(), 0U);
    append(make.message(chat, "three"));
    EXPECT_EQ(drain(), 1U);

    EXPECT_EQ(texts(), (Texts{"one", "two", "three"}));
}

TEST_F(LateTail, is_waited_for_at_the_start_too) {
    late->comes = true;

    EXPECT_NO_THROW(await(loop, consumer->check_place()));
}

TEST_F(LateTail, of_a_server_that_is_away_passes) {
    late->is_away = true;
    const std::string refused = failing_drain();
    late->is_away = false;
    late->missing = 0;

    EXPECT_EQ(refused, "store.unavailable");
    EXPECT_EQ(drain(), 0U);
}

TEST_F(LateTail, that_never_comes_is_an_older_copy) {
    EXPECT_EQ(failing_drain(), "consumer.log_is_older");
}

TEST_F(LateTail, of_files_is_no_reason_to_wait) {
    messages.is_at_server = false;
    late->comes = true;

    EXPECT_EQ(failing_drain(), "consumer.log_is_older");
}

}  // namespace
}  // namespace loquat::consumer
