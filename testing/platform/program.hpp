#pragma once
#include <sys/types.h>

#include <string>
#include <vector>

namespace loquat::test {

// The built program, or another one, as a process of its own.  Killed when it goes out of scope.
class Program {
  public:
    // What stands at standard input and output.
    enum class Face { pipes, terminal };

    struct Start {
        std::string program;                   // empty: the built one; else looked for in PATH
        std::vector<std::string> environment;  // NAME=VALUE, beside this process's own
        std::string input;                     // all of its standard input
        Face face = Face::pipes;
    };

    explicit Program(std::vector<std::string> arguments) : Program(std::move(arguments), Start{}) {}
    Program(std::vector<std::string> arguments, Start start);
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    // The port of its `ready http://HOST:PORT` line; 0 when it ended without one.
    std::uint16_t wait_until_ready();
    // Reads on until standard output or standard error holds `mark`, or both end; what came on
    // standard output so far.  Blocks.
    const std::string& read_until(const std::string& mark);
    // To a terminal: as if it were typed.
    void type(const std::string& text) const;
    void signal(int number) const;
    // The exit code; 128 + the signal that ended it.
    int wait_for_end();
    // What it wrote to standard output and standard error; after wait_for_end.
    const std::string& output() const { return output_; }
    const std::string& errors() const { return errors_; }
    pid_t pid() const { return pid_; }

  private:
    bool read_once();
    void read_all();

    pid_t pid_ = -1;
    int out_ = -1;
    int err_ = -1;
    std::string output_;
    std::string errors_;
};

}  // namespace loquat::test
