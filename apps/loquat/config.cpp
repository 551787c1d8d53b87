#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "apps/loquat/commands.hpp"
#include "apps/loquat/modules.hpp"
#include "apps/loquat/options.hpp"
#include "base/failure.hpp"
#include "runtime/version.hpp"

namespace loquat::app {
namespace {

runtime::Config load(const CommonOptions& options) {
    return runtime::Config::load(runtime::sections_of(all_modules()), options.sources());
}

void show(const runtime::Config& config, const std::string& prefix, bool with_docs) {
    std::size_t path_width = 0;
    std::size_t value_width = 0;
    const auto lines = config.lines();
    const auto is_wanted = [&](const runtime::ConfigLine& line) {
        return line.path.starts_with(prefix);
    };
    for (const auto& line : lines) {
        if (is_wanted(line)) {
            path_width = std::max(path_width, line.path.size());
            value_width = std::max(value_width, std::min<std::size_t>(line.value.size(), 32));
        }
    }
    for (const auto& line : lines) {
        if (!is_wanted(line)) {
            continue;
        }
        if (with_docs && !line.doc.empty()) {
            fmt::print("# {}\n", line.doc);
        }
        fmt::print("{:{}}  {:{}}  {}\n", line.path, path_width, line.value, value_width,
                   line.origin);
    }
}

}  // namespace

void add_config(CLI::App& app, int& code) {
    auto* command = app.add_subcommand("config", "show or check the configuration");
    command->require_subcommand(1);
    auto options = std::make_shared<CommonOptions>();
    auto prefix = std::make_shared<std::string>();
    auto with_docs = std::make_shared<bool>(false);

    auto* show_command = command->add_subcommand("show", "every value and where it came from");
    options->add_to(*show_command);
    show_command->add_option("prefix", *prefix,
                             "only paths that start with this, such as gateway.limits");
    show_command->add_flag("--docs", *with_docs, "with a sentence about each");
    show_command->callback(
        [options, prefix, with_docs] { show(load(*options), *prefix, *with_docs); });

    auto* check_command =
        command->add_subcommand("check", "say what is wrong, without starting anything");
    options->add_to(*check_command);
    check_command->callback([options, &code] {
        try {
            load(*options);
            fmt::print("The configuration is good.\n");
        } catch (const Failure& failure) {
            fmt::print(stderr, "{}\n", failure.message);
            code = 1;
        }
    });
    command->footer(
        "examples:\n"
        "  loquat config show gateway.limits --docs\n"
        "  LOQUAT_CHAT__TEXT_CHARACTERS_MAX=4000 loquat config show chat\n"
        "  loquat config check --config /etc/loquat.yaml");
}

void add_version(CLI::App& app, int&) {
    auto* command = app.add_subcommand("version", "print the version");
    command->callback([] { fmt::print("loquat {}\n", runtime::version); });
}

}  // namespace loquat::app
