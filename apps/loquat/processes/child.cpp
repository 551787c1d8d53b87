#include "apps/loquat/processes/child.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "base/failure.hpp"

namespace loquat::app {
namespace {

// Longer output is read at the next turn, so that one process cannot keep the others waiting.
constexpr std::size_t read_bytes_max = 256 * 1024;

Failure not_started(const char* what) {
    return {Kind::unavailable, "processes.not_started",
            std::string{"A process cannot be started: "} + what + ": " + std::strerror(errno)};
}

struct Pipe {
    int read = -1;
    int write = -1;

    Pipe() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
            throw not_started("pipe");
        }
        read = ends[0];
        write = ends[1];
        ::fcntl(read, F_SETFL, O_NONBLOCK);
    }
    ~Pipe() {
        for (const int end : {read, write}) {
            if (end >= 0) {
                ::close(end);
            }
        }
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
};

// The file that this program was started from; the kernel's own name of it when that has gone.
std::string this_program() {
    std::error_code failed;
    const auto path = std::filesystem::read_symlink("/proc/self/exe", failed);
    return !failed && std::filesystem::exists(path, failed) ? path.string() : "/proc/self/exe";
}

// Between fork and exec: only what is safe there.
[[noreturn]] void become(const char* program, char* const* arguments, const Pipe& output,
                         const Pipe& errors, pid_t supervisor) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != supervisor) {
        ::_exit(1);  // it ended before that was set
    }
    ::setpgid(0, 0);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    const int nothing = ::open("/dev/null", O_RDONLY);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(output.write, STDOUT_FILENO);
    ::dup2(errors.write, STDERR_FILENO);
    if (nothing > STDERR_FILENO) {
        ::close(nothing);
    }
    ::execv(program, arguments);
    ::_exit(127);
}

std::string read_some(int& from) {
    std::string all;
    std::array<char, 16 * 1024> buffer{};
    while (from >= 0 && all.size() < read_bytes_max) {
        const ssize_t count = ::read(from, buffer.data(), buffer.size());
        if (count > 0) {
            all.append(buffer.data(), static_cast<std::size_t>(count));
        } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
            ::close(std::exchange(from, -1));
        } else if (errno == EAGAIN) {
            break;
        }
    }
    return all;
}

}  // namespace

Child Child::start(const std::vector<std::string>& arguments) {
    const std::string program = this_program();
    std::vector<std::string> words{"loquat"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> pointers;
    pointers.reserve(words.size() + 1);
    for (std::string& word : words) {
        pointers.push_back(word.data());
    }
    pointers.push_back(nullptr);
    Pipe output;
    Pipe errors;
    const pid_t supervisor = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) {
        throw not_started("fork");
    }
    if (pid == 0) {
        become(program.c_str(), pointers.data(), output, errors, supervisor);
    }
    Child child;
    child.pid_ = pid;
    child.output_ = std::exchange(output.read, -1);
    child.errors_ = std::exchange(errors.read, -1);
    return child;
}

Child::~Child() { close_all(); }

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      output_(std::exchange(other.output_, -1)),
      errors_(std::exchange(other.errors_, -1)) {}

Child& Child::operator=(Child&& other) noexcept {
    if (this != &other) {
        close_all();
        pid_ = std::exchange(other.pid_, -1);
        output_ = std::exchange(other.output_, -1);
        errors_ = std::exchange(other.errors_, -1);
    }
    return *this;
}

void Child::close_all() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = -1;
    }
    for (int* end : {&output_, &errors_}) {
        if (*end >= 0) {
            ::close(std::exchange(*end, -1));
        }
    }
}

void Child::signal(int number) const {
    if (pid_ > 0) {
        ::kill(pid_, number);
    }
}

std::optional<int> Child::reap() {
    int status = 0;
    if (pid_ <= 0 || ::waitpid(pid_, &status, WNOHANG) != pid_) {
        return std::nullopt;
    }
    pid_ = -1;
    return status;
}

std::string Child::read_output() { return read_some(output_); }
std::string Child::read_errors() { return read_some(errors_); }

std::string describe_end(int wait_status) {
    if (WIFSIGNALED(wait_status)) {
        const int number = WTERMSIG(wait_status);
        const char* name = ::sigabbrev_np(number);
        return "was ended by signal " + std::to_string(number) +
               (name != nullptr ? std::string{" (SIG"} + name + ")" : std::string{}) +
               (WCOREDUMP(wait_status) ? ", its memory is in a core file" : "");
    }
    return "ended with code " + std::to_string(WEXITSTATUS(wait_status));
}

}  // namespace loquat::app
