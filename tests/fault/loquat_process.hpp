#pragma once
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace loquat::test {

// The real program on a folder of its own, to be killed.
class LoquatProcess {
  public:
    // `settings` beside its own, each section.key=value.
    explicit LoquatProcess(std::filesystem::path data, std::vector<std::string> settings = {})
        : data_(std::move(data)), settings_(std::move(settings)) {}
    // Kills it when it runs.
    ~LoquatProcess() { kill_now(); }
    LoquatProcess(const LoquatProcess&) = delete;
    LoquatProcess& operator=(const LoquatProcess&) = delete;

    // Returns once it has said that it is ready; blocks.  Throws Failure `test.not_ready` after a
    // minute, or when it ended instead.
    void start();
    // SIGKILL: no code of the program runs after this.
    void kill_now();

    std::uint16_t port() const { return port_; }
    // Counts starts.
    int life() const { return life_; }

  private:
    std::filesystem::path data_;
    std::vector<std::string> settings_;
    pid_t pid_ = 0;
    std::uint16_t port_ = 0;
    int life_ = 0;
};

}  // namespace loquat::test
