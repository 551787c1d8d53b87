#pragma once
#include <sys/types.h>

#include <string>
#include <vector>

namespace loquat::test {

// The built program as a process of its own.  Killed when it goes out of scope.
class Program {
  public:
    explicit Program(std::vector<std::string> arguments);
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    // The port of its `ready http://HOST:PORT` line; 0 when it ended without one.
    std::uint16_t wait_until_ready();
    void signal(int number) const;
    // The exit code; 128 + the signal that ended it.
    int wait_for_end();
    // What it wrote to standard output and standard error; after wait_for_end.
    const std::string& output() const { return output_; }
    const std::string& errors() const { return errors_; }
    pid_t pid() const { return pid_; }

  private:
    void read_all();

    pid_t pid_ = -1;
    int out_ = -1;
    int err_ = -1;
    std::string output_;
    std::string errors_;
};

}  // namespace loquat::test
