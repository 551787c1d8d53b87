#include "tests/fault/loquat_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>

#include "base/failure.hpp"
#include "base/text.hpp"

extern char** environ;

namespace loquat::test {
namespace {

constexpr std::chrono::seconds ready_max{60};

// Up to the first line end; what came until then when the deadline passed or the other side closed.
std::string read_line(int file) {
    const auto deadline = std::chrono::steady_clock::now() + ready_max;
    std::string line;
    while (!line.ends_with('\n')) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        pollfd ready{file, POLLIN, 0};
        char byte = 0;
        if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) <= 0 ||
            ::read(file, &byte, 1) != 1) {
            break;
        }
        line.push_back(byte);
    }
    return line;
}

}  // namespace

void LoquatProcess::start() {
    std::array<int, 2> output{};
    if (::pipe2(output.data(), O_CLOEXEC) != 0) {
        throw Failure{Kind::internal, "test.not_ready", "no pipe"};
    }
    std::vector<std::string> words{LOQUAT_BINARY, "up", "--port", "0", "--data", data_.string()};
    for (const char* setting : {"gateway.limits.enabled=false", "platform.log_level=error",
                                "platform.edge_loops=2", "consumer.trim_seconds=1"}) {
        words.insert(words.end(), {"--set", setting});
    }
    for (const std::string& setting : settings_) {
        words.insert(words.end(), {"--set", setting});
    }
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions{};
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
    const int code =
        ::posix_spawn(&pid_, LOQUAT_BINARY, &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(output[1]);
    const std::string line = code == 0 ? read_line(output[0]) : std::string{};
    ::close(output[0]);
    const std::size_t colon = line.rfind(':');
    const auto port = line.starts_with("ready http://") ? parse_number(trim(line.substr(colon + 1)))
                                                        : std::nullopt;
    if (!port) {
        throw Failure{Kind::internal, "test.not_ready",
                      "the program did not become ready: " + line};
    }
    port_ = static_cast<std::uint16_t>(*port);
    ++life_;
}

void LoquatProcess::kill_now() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = 0;
    }
}

}  // namespace loquat::test
