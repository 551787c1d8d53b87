#include "runtime/calls/neighbour_wait.hpp"

#include <gtest/gtest.h>

#include "aio/run.hpp"
#include "base/failure.hpp"

namespace loquat::runtime {
namespace {

using namespace std::chrono_literals;

// Waits for one that answers after so many refusals; gives how it ended and how often it was asked.
struct Asked {
    int times = 0;
    std::string code;
    std::string message;
};

Asked wait_for(int refusals, const char* code, std::chrono::seconds limit) {
    aio::Loop loop{"test"};
    Asked asked;
    auto ask = [&asked, refusals, code]() -> Task<void> {
        if (++asked.times <= refusals) {
            throw Failure{Kind::unavailable, code, "Nobody is there."};
        }
        co_return;
    };
    try {
        run_to_end(loop, wait_for_neighbour(loop, {"auth", "http://127.0.0.1:1", limit, 1ms}, ask));
    } catch (const Failure& failure) {
        asked.code = failure.code;
        asked.message = failure.message;
    }
    return asked;
}

TEST(NeighbourWait, ends_when_the_other_process_answers) {
    const Asked asked = wait_for(3, "upstream.unavailable", 60s);

    EXPECT_EQ(asked.code, "");
    EXPECT_EQ(asked.times, 4);
}

TEST(NeighbourWait, goes_on_while_its_own_side_leaves_the_other_alone) {
    for (const char* code : {"upstream.circuit_open", "upstream.busy", "server.restarting"}) {
        const Asked asked = wait_for(2, code, 60s);

        EXPECT_EQ(asked.code, "") << code;
        EXPECT_EQ(asked.times, 3) << code;
    }
}

TEST(NeighbourWait, gives_up_at_its_limit_and_says_what_to_do) {
    const Asked asked = wait_for(1'000'000, "upstream.timeout", 0s);

    EXPECT_EQ(asked.code, "upstream.not_there");
    EXPECT_NE(asked.message.find("loquat serve auth"), std::string::npos) << asked.message;
    EXPECT_EQ(asked.times, 1);
}

TEST(NeighbourWait, does_not_wait_for_what_waiting_cannot_mend) {
    const Asked asked = wait_for(1'000'000, "auth.forbidden", 60s);

    EXPECT_EQ(asked.code, "auth.forbidden");
    EXPECT_EQ(asked.times, 1);
}

}  // namespace
}  // namespace loquat::runtime
