#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace loquat::app {

// Text of others as a terminal may see it: control characters other than tab and newline, marks
// that turn the direction of writing, and bytes that are no UTF-8 become visible (^[, <202E>,
// U+FFFD).
std::string make_harmless(std::string_view text);

// Whether a person is at standard input.
bool can_ask();
// A line from standard input without its end; none at the end of it.
std::optional<std::string> read_line();
// Asks on standard error.  Throws Failure `chat.no_answer` at the end of the input.
std::string ask(const std::string& question);
// The same, not shown while it is typed; Ctrl-C leaves the terminal as it was.
std::string ask_secret(const std::string& question);

// Where an answer is printed: standard output, written at once.
class Screen {
  public:
    Screen();
    // To a terminal harmlessly; to a file or a pipe as it is.
    void print(std::string_view text);
    // Who speaks, before what they say: bold on a terminal.
    void print_name(std::string_view name);
    // A line of its own on standard error, dimmed on a terminal.
    void note(std::string_view text);
    // Ends a line that `print` has begun.
    void end_line();
    bool is_terminal() const { return is_terminal_; }

  private:
    bool is_terminal_;
    bool in_line_ = false;
};

// Counts Ctrl-C while it lives, instead of ending the program; the third one ends it all the same.
class Interrupts {
  public:
    Interrupts();
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;

    int count() const;

  private:
    struct Before;
    std::unique_ptr<Before> before_;
};

}  // namespace loquat::app
