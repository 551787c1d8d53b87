#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "testing/listening_socket.hpp"
#include "testing/platform/program.hpp"
#include "testing/temporary_folder.hpp"

// What `loquat up --processes` says of a process that does not become ready.
namespace loquat::test {
namespace {

namespace fs = std::filesystem;
using testing::ContainsRegex;
using testing::HasSubstr;

class AwaitedProcessTest : public testing::Test {
  protected:
    AwaitedProcessTest() : folder_(make_folder()) {}
    ~AwaitedProcessTest() override { fs::remove_all(folder_); }

    fs::path data() const { return folder_ / "data"; }
    std::vector<std::string> up(const std::string& registry_port) const {
        std::vector<std::string> arguments{"up", "--processes", "--port",
                                           "0",  "--data",      data().string()};
        for (const std::string& setting :
             {std::string{"platform.log_level=warn"}, std::string{"platform.edge_loops=1"},
              std::string{"platform.drain_seconds=2"}, std::string{"config.port=0"},
              "config.folder=" + folder_.string(), "registry.port=" + registry_port}) {
            arguments.insert(arguments.end(), {"--set", setting});
        }
        return arguments;
    }

  private:
    fs::path folder_;
};

// The number behind `(process `; none: 0.
pid_t process_in(const std::string& text) {
    constexpr std::string_view mark = "(process ";
    const std::size_t at = text.find(mark);
    return at == std::string::npos ? 0 : std::stoi(text.substr(at + mark.size()));
}

TEST_F(AwaitedProcessTest, is_named_with_what_holds_it) {
    const fs::path manifest = data() / "config" / "manifest";
    fs::create_directories(manifest.parent_path());
    ASSERT_EQ(::mkfifo(manifest.c_str(), 0600), 0);  // whoever reads it waits for a writer
    Program program{up("0")};

    program.read_until("has said nothing yet");
    const pid_t config = process_in(program.errors());
    ASSERT_GT(config, 0) << program.errors();
    ::kill(config, SIGSTOP);
    program.read_until("it is stopped, and goes on after SIGCONT");
    ::kill(config, SIGCONT);
    std::ofstream{manifest} << "not a manifest";

    EXPECT_EQ(program.wait_for_end(), 1);
    EXPECT_THAT(program.errors(), HasSubstr("still waiting for config (process "));
    EXPECT_THAT(program.errors(), HasSubstr("; the others start when it is ready"));
    EXPECT_THAT(program.errors(), HasSubstr("config ended with code 1 before it was ready"));
}

TEST_F(AwaitedProcessTest, whose_port_is_taken_ends_the_start_and_says_which) {
    const ListeningSocket somebody_else;
    const std::string port = std::to_string(somebody_else.port());

    Program program{up(port)};

    EXPECT_EQ(program.wait_for_end(), 1);
    EXPECT_THAT(program.errors(), ContainsRegex("registry[^\n]*" + port));
    EXPECT_THAT(program.errors(), HasSubstr("registry ended with code 1 before it was ready"));
}

}  // namespace
}  // namespace loquat::test
