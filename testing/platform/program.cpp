#include "testing/platform/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "base/check.hpp"
#include "base/text.hpp"

extern char** environ;

namespace loquat::test {
namespace {

constexpr int silence_ms_max = 180'000;

std::string read_some(int fd) {
    std::array<char, 4096> buffer{};
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    return got > 0 ? std::string{buffer.data(), static_cast<std::size_t>(got)} : std::string{};
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
    std::vector<char*> pointers;
    for (std::string& word : words) {
        pointers.push_back(word.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

std::vector<std::string> environment_with(std::vector<std::string> more) {
    for (char** one = environ; *one != nullptr; ++one) {
        more.emplace_back(*one);
    }
    return more;
}

// A file without a name that holds `text`.
int make_input(const std::string& text) {
    const int file = ::memfd_create("input", MFD_CLOEXEC);
    LOQUAT_CHECK(file >= 0 &&
                     ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                     ::lseek(file, 0, SEEK_SET) == 0,
                 "input can be given to a program");
    return file;
}

// A terminal in place of the pipe; the side for the program's standard input.
int open_terminal(std::array<int, 2>& out) {
    const int ours = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    LOQUAT_CHECK(ours >= 0 && ::grantpt(ours) == 0 && ::unlockpt(ours) == 0,
                 "a terminal can be made");
    std::array<char, 64> name{};
    LOQUAT_CHECK(::ptsname_r(ours, name.data(), name.size()) == 0, "a terminal has a name");
    const int theirs = ::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    ::close(out[0]);
    ::close(out[1]);
    out = {ours, ::dup(theirs)};
    return theirs;
}

}  // namespace

Program::Program(std::vector<std::string> arguments, Start start) {
    std::array<int, 2> out{};
    std::array<int, 2> err{};
    LOQUAT_CHECK(::pipe2(out.data(), O_CLOEXEC) == 0 && ::pipe2(err.data(), O_CLOEXEC) == 0,
                 "pipes can be made");
    const std::string program = start.program.empty() ? LOQUAT_BINARY : start.program;
    arguments.insert(arguments.begin(), program);
    std::vector<std::string> environment = environment_with(std::move(start.environment));
    const int in = start.face == Face::terminal ? open_terminal(out) : make_input(start.input);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
    const int failed =
        ::posix_spawnp(&pid_, program.c_str(), &actions, nullptr, pointers_to(arguments).data(),
                       pointers_to(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    ::close(in);
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

void Program::type(const std::string& text) const {
    LOQUAT_CHECK(::write(out_, text.data(), text.size()) == static_cast<ssize_t>(text.size()),
                 "a terminal takes what is typed");
}

void Program::signal(int number) const { ::kill(pid_, number); }

// False at the end of both.  A program that says nothing for minutes hangs: it is ended, so that
// the test fails.
bool Program::read_once() {
    std::array<pollfd, 2> ways{pollfd{out_, POLLIN, 0}, pollfd{err_, POLLIN, 0}};
    if (::poll(ways.data(), ways.size(), silence_ms_max) == 0) {
        errors_ += "\n(the program was silent for too long and was killed)\n";
        ::kill(pid_, SIGKILL);
    }
    const std::string more_out = ways[0].revents != 0 ? read_some(out_) : std::string{};
    const std::string more_err = ways[1].revents != 0 ? read_some(err_) : std::string{};
    output_ += more_out;
    errors_ += more_err;
    return !more_out.empty() || !more_err.empty();
}

void Program::read_all() {
    while (read_once()) {
    }
}

const std::string& Program::read_until(const std::string& mark) {
    while (output_.find(mark) == std::string::npos && errors_.find(mark) == std::string::npos &&
           read_once()) {
    }
    return output_;
}

int Program::wait_for_end() {
    read_all();
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace loquat::test
