#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/platform_under_test.hpp"
#include "tests/support/transcript.hpp"

namespace loquat::test {
namespace {

const std::filesystem::path transcripts =
    std::filesystem::path{LOQUAT_SOURCE_DIR} / "tests/transcripts";

// The simulated model obeys scripts and is quick.
const std::vector<std::string> settings{"model.simulated.scripts=true",
                                        "model.simulated.first_token_ms=1",
                                        "model.simulated.token_ms=1"};

std::vector<std::string> transcript_names() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{transcripts}) {
        if (entry.path().extension() == ".transcript") {
            names.push_back(entry.path().stem().string());
        }
    }
    std::ranges::sort(names);
    return names;
}

class TranscriptTest : public testing::TestWithParam<std::tuple<std::string, runtime::Calls>> {};

TEST_P(TranscriptTest, is_answered_as_written) {
    const auto& [name, calls] = GetParam();
    PlatformUnderTest platform{{.calls = calls, .settings = settings}};
    aio::Loop loop{"client"};
    Transcript transcript{loop, platform.port()};
    std::string problem;
    auto body = [&]() -> Task<void> {
        try {
            co_await transcript.run(transcripts / (name + ".transcript"));
        } catch (const std::exception& error) {
            problem = error.what();
        }
        loop.stop();
    };

    loop.spawn(body());
    loop.run();

    EXPECT_EQ(problem, "");
}

INSTANTIATE_TEST_SUITE_P(Modes, TranscriptTest,
                         testing::Combine(testing::ValuesIn(transcript_names()),
                                          testing::Values(runtime::Calls::direct,
                                                          runtime::Calls::loopback)),
                         [](const auto& info) {
                             return std::get<0>(info.param) + "_" +
                                    name_of(std::get<1>(info.param));
                         });

}  // namespace
}  // namespace loquat::test
