#include "tests/support/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "base/check.hpp"
#include "base/text.hpp"

extern char** environ;

namespace loquat::test {
namespace {

std::string read_some(int fd) {
    std::array<char, 4096> buffer{};
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    return got > 0 ? std::string{buffer.data(), static_cast<std::size_t>(got)} : std::string{};
}

}  // namespace

Program::Program(std::vector<std::string> arguments) {
    std::array<int, 2> out{};
    std::array<int, 2> err{};
    LOQUAT_CHECK(::pipe2(out.data(), O_CLOEXEC) == 0 && ::pipe2(err.data(), O_CLOEXEC) == 0, "pipes can be made");
    std::vector<char*> argv;
    std::string program = LOQUAT_BINARY;
    argv.push_back(program.data());
    for (std::string& argument : arguments) {
        argv.push_back(argument.data());
    }
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
    const int failed = ::posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(out[1]);
    ::close(err[1]);
    LOQUAT_CHECK(failed == 0, "the program can be started");
    out_ = out[0];
    err_ = err[0];
}

Program::~Program() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    ::close(out_);
    ::close(err_);
}

std::uint16_t Program::wait_until_ready() {
    while (output_.find('\n') == std::string::npos) {
        std::array<pollfd, 2> ways{pollfd{out_, POLLIN, 0}, pollfd{err_, POLLIN, 0}};
        ::poll(ways.data(), ways.size(), -1);
        if ((ways[1].revents & POLLIN) != 0) {
            errors_ += read_some(err_);
        }
        if (ways[0].revents != 0) {
            const std::string more = read_some(out_);
            if (more.empty()) {
                return 0;
            }
            output_ += more;
        }
    }
    const std::string line = output_.substr(0, output_.find('\n'));
    return static_cast<std::uint16_t>(parse_number(line.substr(line.rfind(':') + 1)).value_or(0));
}

void Program::signal(int number) const { ::kill(pid_, number); }

void Program::read_all() {
    for (bool is_open = true; is_open;) {
        std::array<pollfd, 2> ways{pollfd{out_, POLLIN, 0}, pollfd{err_, POLLIN, 0}};
        ::poll(ways.data(), ways.size(), -1);
        const std::string more_out = ways[0].revents != 0 ? read_some(out_) : std::string{};
        const std::string more_err = ways[1].revents != 0 ? read_some(err_) : std::string{};
        output_ += more_out;
        errors_ += more_err;
        is_open = !more_out.empty() || !more_err.empty();
    }
}

int Program::wait_for_end() {
    read_all();
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace loquat::test
