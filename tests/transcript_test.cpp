#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>

#include "testing/platform/nodes_under_test.hpp"
#include "testing/platform/platform_under_test.hpp"
#include "testing/platform/processes_under_test.hpp"
#include "testing/platform/servers_under_test.hpp"
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

// How services call each other, `servers`: as processes on PostgreSQL, RabbitMQ and Redis, and
// `nodes`: two of everything on these.
enum class Mode { direct, loopback, processes, servers, nodes };

std::string name_of(Mode mode) {
    constexpr std::array names{"direct", "loopback", "processes", "servers", "nodes"};
    return names.at(static_cast<std::size_t>(mode));
}

class TranscriptTest : public testing::TestWithParam<std::tuple<std::string, Mode>> {
  protected:
    TranscriptTest() {
        const Mode mode = std::get<1>(GetParam());
        if (mode == Mode::processes) {
            processes_.emplace(settings);
        } else if (mode == Mode::servers) {
            servers_.emplace(settings);
        } else if (mode == Mode::nodes) {
            nodes_.emplace(settings);
        } else {
            const auto calls =
                mode == Mode::direct ? runtime::Calls::direct : runtime::Calls::loopback;
            platform_.emplace(PlatformUnderTest::Options{.calls = calls, .settings = settings});
        }
    }

    Transcript::News news() const {
        return platform_ ? Transcript::News::at_once : Transcript::News::soon;
    }
    std::vector<std::uint16_t> ports() const {
        if (nodes_) {
            return nodes_->ports();
        }
        return {platform_ ? platform_->port() : processes_ ? processes_->port() : servers_->port()};
    }

  private:
    std::optional<PlatformUnderTest> platform_;
    std::optional<ProcessesUnderTest> processes_;
    std::optional<ServersUnderTest> servers_;
    std::optional<NodesUnderTest> nodes_;
};

TEST_P(TranscriptTest, is_answered_as_written) {
    aio::Loop loop{"client"};
    Transcript transcript{loop, ports(), news()};
    std::string problem;
    auto body = [&]() -> Task<void> {
        try {
            co_await transcript.run(transcripts / (std::get<0>(GetParam()) + ".transcript"));
        } catch (const std::exception& error) {
            problem = error.what();
        }
        loop.stop();
    };

    loop.spawn(body());
    loop.run();

    EXPECT_EQ(problem, "");
}

std::string name_of_transcript(const testing::TestParamInfo<std::tuple<std::string, Mode>>& info) {
    return std::get<0>(info.param) + "_" + name_of(std::get<1>(info.param));
}

INSTANTIATE_TEST_SUITE_P(Modes, TranscriptTest,
                         testing::Combine(testing::ValuesIn(transcript_names()),
                                          testing::Values(Mode::direct, Mode::loopback,
                                                          Mode::processes, Mode::servers,
                                                          Mode::nodes)),
                         name_of_transcript);

}  // namespace
}  // namespace loquat::test
