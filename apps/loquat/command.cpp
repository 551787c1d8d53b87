#include "apps/loquat/command.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>

#include "base/text.hpp"

namespace loquat::app {
namespace {

// What is wrong with a command that is not there; empty when it is something else.
std::string find_mistyped(const CLI::App& program) {
    const CLI::App* at = &program;
    while (!at->get_subcommands().empty()) {
        at = at->get_subcommands().front();
    }
    const std::vector<std::string> words = at->remaining();
    if (at->get_require_subcommand_min() == 0 || words.empty() || words.front().starts_with('-')) {
        return {};
    }
    std::vector<std::string> known;
    for (const CLI::App* one : at->get_subcommands([](const CLI::App*) { return true; })) {
        known.push_back(one->get_name());
    }
    const auto near = suggest(words.front(), known);
    const std::string parent =
        at == &program ? program.get_name() : program.get_name() + " " + at->get_name();
    return "There is no command " + parent + " " + words.front() +
           (near ? "; did you mean " + *near + "?" : "; `" + parent + " --help` lists all.");
}

}  // namespace

Option Option::required() const {
    option_->required();
    return *this;
}

Option Option::with_default() const {
    option_->capture_default_str();
    return *this;
}

Option Option::in_range(int low, int high) const {
    option_->check(CLI::Range(low, high));
    return *this;
}

Option Option::one_of(std::vector<std::string> words) const {
    option_->transform(CLI::IsMember(std::move(words), CLI::ignore_case));
    return *this;
}

Option Option::takes(const std::string& kind) const {
    option_->type_name(kind);
    return *this;
}

Option Option::excludes(Option other) const {
    option_->excludes(other.option_);
    return *this;
}

bool Option::was_given() const { return option_->count() > 0; }

Command Command::add(const std::string& name, const std::string& what) const {
    CLI::App* command = app_->add_subcommand(name, what);
    command->footer("");  // it begins with that of its parent
    return Command{*command};
}

void Command::needs_a_command() const { app_->require_subcommand(1); }

Option Command::option(const std::string& names, std::string& value,
                       const std::string& what) const {
    return Option{*app_->add_option(names, value, what)};
}

Option Command::option(const std::string& names, std::vector<std::string>& value,
                       const std::string& what) const {
    return Option{*app_->add_option(names, value, what)};
}

Option Command::option(const std::string& names, int& value, const std::string& what) const {
    return Option{*app_->add_option(names, value, what)};
}

Option Command::option(const std::string& names, std::size_t& value,
                       const std::string& what) const {
    return Option{*app_->add_option(names, value, what)};
}

Option Command::flag(const std::string& names, bool& value, const std::string& what) const {
    return Option{*app_->add_flag(names, value, what)};
}

void Command::footer(const std::string& text) const { app_->footer(text); }

void Command::on_run(std::function<void()> run) const { app_->callback(std::move(run)); }

void refuse_option(const std::string& option, const std::string& what) {
    throw CLI::ValidationError{option, what};
}

int run_program(int argc, char** argv, const ProgramText& text,
                const std::function<void(Command)>& add_commands, const int& code) {
    CLI::App app{text.what, text.name};
    app.require_subcommand(1);
    app.get_formatter()->column_width(34);
    app.footer(text.footer);
    add_commands(Command{app});
    try {
        app.parse(argc, argv);
    } catch (const CLI::RequiredError& error) {
        const std::string mistyped = find_mistyped(app);
        if (mistyped.empty()) {
            return app.exit(error) == 0 ? 0 : 2;
        }
        std::fprintf(stderr, "%s: %s\n", text.name, mistyped.c_str());
        return 2;
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    return code;
}

}  // namespace loquat::app
