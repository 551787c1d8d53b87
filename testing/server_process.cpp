#include "testing/server_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>

extern char** environ;

namespace loquat::test {
namespace {

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) {
        pointers.push_back(text.data());
    }
    return pointers;
}

}  // namespace

ServerProcess::ServerProcess(std::vector<std::string> command, std::vector<std::string> environment,
                             std::filesystem::path log)
    : command_(std::move(command)), environment_(std::move(environment)), log_(std::move(log)) {
    command_.insert(command_.begin(), {"setpriv", "--pdeathsig", "KILL"});
}

ServerProcess::~ServerProcess() { kill(); }

void ServerProcess::start() {
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, log_.c_str(),
                                       O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
    std::vector<char*> words = pointers_to(command_);
    words.push_back(nullptr);
    std::vector<char*> variables = pointers_to(environment_);
    for (char** own = environ; *own != nullptr; ++own) {
        variables.push_back(*own);
    }
    variables.push_back(nullptr);
    ::posix_spawnp(&pid_, words.front(), &files, nullptr, words.data(), variables.data());
    ::posix_spawn_file_actions_destroy(&files);
}

void ServerProcess::kill() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = -1;
    }
}

// The signal only asks for it: until all of its threads stand, one may still answer.
void ServerProcess::pause() const {
    ::kill(pid_, SIGSTOP);
    int status = 0;
    ::waitpid(pid_, &status, WUNTRACED);
}
void ServerProcess::resume() const { ::kill(pid_, SIGCONT); }

}  // namespace loquat::test
