#include <gtest/gtest.h>

#include "testing/platform/platform_under_test.hpp"
#include "tests/support/transcript.hpp"

namespace loquat::test {
namespace {

TEST(OrderOfModules, does_not_matter) {
    PlatformUnderTest platform{{.settings = {"model.simulated.scripts=true"},
                                .order = PlatformUnderTest::Options::Order::reversed}};
    aio::Loop loop{"client"};
    Transcript transcript{loop, platform.port()};
    std::string problem;
    auto body = [&]() -> Task<void> {
        try {
            co_await transcript.run(std::filesystem::path{LOQUAT_SOURCE_DIR} /
                                    "tests/transcripts/assistants.transcript");
        } catch (const std::exception& error) {
            problem = error.what();
        }
        loop.stop();
    };

    loop.spawn(body());
    loop.run();

    EXPECT_EQ(problem, "");
}

}  // namespace
}  // namespace loquat::test
