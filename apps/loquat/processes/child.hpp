#pragma once
#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace loquat::app {

// A process that was started, with the pipes from its standard output and standard error.  It is in
// a group of its own, so that Ctrl-C reaches it only through its supervisor, and it is killed when
// the supervisor ends, however that ends.
class Child {
  public:
    Child() = default;
    // Runs this program again.  Only from the first thread of a process that has no other.  Throws
    // Failure `processes.not_started`.
    static Child start(const std::vector<std::string>& arguments);
    ~Child();
    Child(Child&& other) noexcept;
    Child& operator=(Child&& other) noexcept;

    bool is_running() const { return pid_ > 0; }
    pid_t pid() const { return pid_; }
    void signal(int number) const;
    // The wait status, once it has ended and was not asked for before.
    std::optional<int> reap();

    // Ends of pipes to poll; -1 when nothing more comes.
    int output() const { return output_; }
    int errors() const { return errors_; }
    // What is there now; closes the end when it has ended.
    std::string read_output();
    std::string read_errors();

  private:
    void close_all();

    pid_t pid_ = -1;
    int output_ = -1;
    int errors_ = -1;
};

// "ended with code 1", "was ended by signal 9 (SIGKILL)"
std::string describe_end(int wait_status);

}  // namespace loquat::app
