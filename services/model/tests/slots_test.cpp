#include "services/model/slots.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>

#include "aio/loop.hpp"
#include "aio/run.hpp"
#include "aio/scope.hpp"

namespace loquat::model::test {
namespace {

constexpr int takers = 3;

// What can happen, in every order: somebody comes, goes (whether it waits, has just been given a
// slot, or holds one), or lets go; `turn` lets the loop do what is ready.
enum class Step : char { come = 'c', cancel = 'x', release = 'r', turn = '.' };

struct Move {
    Step step = Step::turn;
    int who = 0;
};

class Taker {
  public:
    Taker(aio::Loop& loop, Slots& slots) : slots_(slots), scope_(loop, "taker") {}

    void come() { scope_.start(hold()); }
    void cancel() { scope_.cancel(); }
    void release() { let_go_.set(); }
    Task<void> close() { return scope_.close(); }
    bool holds() const { return holds_; }

  private:
    Task<void> hold() {
        const auto lease = co_await slots_.take(Steady::max());
        holds_ = true;
        struct Held {
            bool& flag;
            ~Held() { flag = false; }
        };
        const Held held{holds_};
        co_await let_go_.wait();
    }

    Slots& slots_;
    aio::Scope scope_;
    aio::Signal let_go_;
    bool holds_ = false;
};

Task<void> let_the_loop_turn() {
    auto turn = std::make_shared<aio::Signal>();
    aio::Loop::current().defer([turn] { turn->set(); });
    co_await turn->wait();
}

Task<void> settle() {
    for (int i = 0; i < 6; ++i) {
        co_await let_the_loop_turn();
    }
}

std::string spell(const std::vector<Move>& moves) {
    std::string text;
    for (const Move& move : moves) {
        text += static_cast<char>(move.step);
        text += move.step == Step::turn ? "" : std::to_string(move.who);
    }
    return text;
}

Task<void> play(std::size_t most, std::vector<Move> moves) {
    aio::Loop& loop = aio::Loop::current();
    Slots slots{most, takers};
    std::array<std::unique_ptr<Taker>, takers> all;
    for (auto& taker : all) {
        taker = std::make_unique<Taker>(loop, slots);
    }
    for (const Move& move : moves) {
        Taker& taker = *all[static_cast<std::size_t>(move.who)];
        switch (move.step) {
            case Step::come:
                taker.come();
                break;
            case Step::cancel:
                taker.cancel();
                break;
            case Step::release:
                taker.release();
                break;
            case Step::turn:
                co_await let_the_loop_turn();
                break;
        }
    }
    co_await settle();
    std::size_t holding = 0;
    for (const auto& taker : all) {
        holding += taker->holds() ? 1 : 0;
    }
    EXPECT_EQ(slots.used(), holding) << spell(moves);
    EXPECT_TRUE(slots.waiting() == 0 || holding == most) << spell(moves);
    for (const auto& taker : all) {
        co_await taker->close();
    }
    EXPECT_EQ(slots.used(), 0U) << spell(moves);
    EXPECT_EQ(slots.waiting(), 0U) << spell(moves);
}

// All orders in which each taker comes, and then goes or lets go or neither, with turns of the loop
// anywhere between.
void add_orders(std::vector<Move>& so_far, std::array<int, takers> stage, int turns_left,
                std::vector<std::vector<Move>>& all) {
    all.push_back(so_far);
    const auto go_on = [&](Move move, std::array<int, takers> next, int turns) {
        so_far.push_back(move);
        add_orders(so_far, next, turns, all);
        so_far.pop_back();
    };
    if (turns_left > 0 && !so_far.empty() && so_far.back().step != Step::turn) {
        go_on({Step::turn, 0}, stage, turns_left - 1);
    }
    for (int who = 0; who < takers; ++who) {
        auto next = stage;
        int& mine = next[static_cast<std::size_t>(who)];
        const bool is_first_to_come = who == 0 || stage[static_cast<std::size_t>(who) - 1] > 0;
        if (mine == 0 && is_first_to_come) {
            mine = 1;
            go_on({Step::come, who}, next, turns_left);
        } else if (mine == 1) {
            mine = 2;
            go_on({Step::cancel, who}, next, turns_left);
            go_on({Step::release, who}, next, turns_left);
        }
    }
}

TEST(Slots, are_never_lost_in_any_order_of_coming_going_and_letting_go) {
    std::vector<std::vector<Move>> orders;
    std::vector<Move> so_far;
    add_orders(so_far, {}, 2, orders);
    aio::Loop loop{"test"};
    const auto play_all = [&](std::size_t most) -> Task<void> {
        for (const auto& moves : orders) {
            co_await play(most, moves);
            if (testing::Test::HasFailure()) {
                co_return;
            }
        }
    };

    aio::run_to_end(loop, play_all(1));
    aio::run_to_end(loop, play_all(2));

    EXPECT_GT(orders.size(), 1'000U);
}

}  // namespace
}  // namespace loquat::model::test
