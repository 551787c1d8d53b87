#pragma once
#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace loquat::test {

// A server that a test runs for itself, to kill and to pause it.  It ends with the test, however
// that ends.
class ServerProcess {
  public:
    // `command`: looked for in PATH where it names no folder; `environment`: NAME=VALUE, beside
    // this process's own; what it says goes to `log`.
    ServerProcess(std::vector<std::string> command, std::vector<std::string> environment,
                  std::filesystem::path log);
    ~ServerProcess();
    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;

    void start();
    // SIGKILL.
    void kill();
    // SIGSTOP and SIGCONT.
    void pause() const;
    void resume() const;

  private:
    std::vector<std::string> command_;
    std::vector<std::string> environment_;
    std::filesystem::path log_;
    pid_t pid_ = -1;
};

}  // namespace loquat::test
