#pragma once
#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace loquat::app {

// One option or argument of a command.  A handle: the program keeps what it stands for.
class Option {
  public:
    explicit Option(CLI::Option& option) : option_(&option) {}

    Option required() const;
    Option with_default() const;                          // help shows the default
    Option in_range(int low, int high) const;             // both included
    Option one_of(std::vector<std::string> words) const;  // as written, in any case
    Option takes(const std::string& kind) const;          // what help calls its value: KEY=VALUE
    Option excludes(Option other) const;
    bool was_given() const;  // once the command runs

  private:
    CLI::Option* option_;
};

// A command of the program, or the program itself: its options, its help and what it runs.  The
// parser's header costs a file ten seconds of compiling; this one stands for it in every command.
// Values must live until the command has run.
class Command {
  public:
    explicit Command(CLI::App& app) : app_(&app) {}

    Command add(const std::string& name, const std::string& what) const;
    void needs_a_command() const;

    // Names as the parser reads them: "-p,--port" for an option, "file" for an argument.
    Option option(const std::string& names, std::string& value, const std::string& what) const;
    Option option(const std::string& names, std::vector<std::string>& value,
                  const std::string& what) const;
    Option option(const std::string& names, int& value, const std::string& what) const;
    Option option(const std::string& names, std::size_t& value, const std::string& what) const;
    Option flag(const std::string& names, bool& value, const std::string& what) const;

    void footer(const std::string& text) const;
    void on_run(std::function<void()> run) const;

  private:
    CLI::App* app_;
};

// The command was called wrongly; `what` follows the option's name.  The program ends with 2.
[[noreturn]] void refuse_option(const std::string& option, const std::string& what);

struct ProgramText {
    const char* name;
    const char* what;
    const char* footer;
};

// Parses and runs one of the commands.  The exit code is `code`, which commands set, or 2 when the
// program was called wrongly.  What a command throws passes through.
int run_program(int argc, char** argv, const ProgramText& text,
                const std::function<void(Command)>& add_commands, const int& code);

}  // namespace loquat::app
