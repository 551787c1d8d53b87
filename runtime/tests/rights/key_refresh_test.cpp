#include "runtime/rights/key_refresh.hpp"

#include <gtest/gtest.h>

#include "aio/run.hpp"
#include "base/failure.hpp"

namespace loquat::runtime {
namespace {

class Refresh : public testing::Test {
  public:
    Refresh() {
        refresh_ = std::make_unique<KeyRefresh>(loop_, [this]() -> Task<void> {
            ++asked_;
            const std::string seen = published_;  // as the issuer answers, before it is heard
            aio::Signal turn;
            loop_.post([&turn] { turn.set(); });
            co_await turn.wait();
            if (is_issuer_down_) {
                throw Failure{Kind::unavailable, "upstream.unavailable", "It is down."};
            }
            known_ = seen;
        });
    }
    // Waits for a key; notes whether it is known then.
    Task<void> want(std::string name) {
        const auto is_known = [this, name] { return known_.find(name) != std::string::npos; };
        co_await refresh_->run(name, is_known);
        results_.push_back(is_known());
        ended_.set();
    }
    void run(Task<void> task) { run_to_end(loop_, std::move(task)); }
    Task<void> close() { co_await refresh_->close(); }

    aio::Loop loop_{"test"};
    std::string published_ = "old";
    std::string known_ = "old";
    int asked_ = 0;
    bool is_issuer_down_ = false;
    std::vector<bool> results_;
    aio::Signal ended_;
    std::unique_ptr<KeyRefresh> refresh_;
};

TEST_F(Refresh, is_shared_by_all_who_wait) {
    published_ = "old new";

    run([](Refresh& self) -> Task<void> {
        aio::Scope scope{self.loop_, "test"};
        for (int i = 0; i < 8; ++i) {
            scope.start(self.want("new"));
        }
        while (self.results_.size() < 8) {
            co_await self.ended_.wait();
        }
        co_await scope.close();
        co_await self.close();
    }(*this));

    EXPECT_EQ(results_, std::vector<bool>(8, true));
    EXPECT_EQ(asked_, 1);
}

TEST_F(Refresh, is_not_kept_from_anyone_by_strangers) {
    run([](Refresh& self) -> Task<void> {
        co_await self.want("made up");
        co_await self.want("made up too");
        self.published_ = "old new";
        co_await self.want("new");
        co_await self.close();
    }(*this));

    EXPECT_EQ(results_, (std::vector<bool>{false, false, true}));
}

TEST_F(Refresh, that_began_before_a_key_was_made_is_followed_by_another) {
    run([](Refresh& self) -> Task<void> {
        aio::Scope scope{self.loop_, "test"};
        scope.start(self.want("made up"));
        while (self.asked_ == 0) {
            aio::Signal turn;
            self.loop_.post([&turn] { turn.set(); });
            co_await turn.wait();
        }
        self.published_ = "old new";
        scope.start(self.want("new"));
        while (self.results_.size() < 2) {
            co_await self.ended_.wait();
        }
        co_await scope.close();
        co_await self.close();
    }(*this));

    EXPECT_EQ(results_, (std::vector<bool>{false, true}));
    EXPECT_EQ(asked_, 2);
}

TEST_F(Refresh, does_not_ask_again_for_what_was_absent) {
    run([](Refresh& self) -> Task<void> {
        for (int i = 0; i < 5; ++i) {
            co_await self.want("made up");
        }
        co_await self.close();
    }(*this));

    EXPECT_EQ(asked_, 1);
}

TEST_F(Refresh, ends_when_the_issuer_does_not_answer) {
    is_issuer_down_ = true;

    run([](Refresh& self) -> Task<void> {
        co_await self.want("new");
        co_await self.close();
    }(*this));

    EXPECT_EQ(results_, std::vector<bool>{false});
}

}  // namespace
}  // namespace loquat::runtime
