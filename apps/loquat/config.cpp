#include <fmt/format.h>
#include "apps/loquat/commands.hpp"
#include "apps/loquat/modules.hpp"
#include "apps/loquat/options.hpp"
#include "base/clock.hpp"
#include "base/failure.hpp"
#include "runtime/config/settings.hpp"
#include "runtime/platform/platform_config.hpp"
#include "runtime/tls/platform_tls.hpp"
#include "runtime/version.hpp"

namespace loquat::app {
namespace {

std::vector<runtime::SettingDoc> all_settings() {
    return runtime::describe_settings(runtime::sections_of(services::all_modules()));
}

// Throws Failure `config.unknown_setting` with a suggestion where nothing has that name.
std::vector<runtime::SettingDoc> find_settings(const std::string& path) {
    const auto all = all_settings();
    auto found = runtime::settings_below(all, path);
    if (!found.empty()) {
        return found;
    }
    std::vector<std::string> paths;
    for (const auto& one : all) {
        paths.push_back(one.path);
    }
    const std::string near = runtime::suggest_setting(path, paths);
    throw Failure{
        Kind::invalid, "config.unknown_setting",
        "There is no setting " + path +
            (near.empty() ? "; `loquat config show` lists all" : "; did you mean " + near + "?")};
}

void show(const runtime::Config& config, const std::string& prefix, bool with_docs) {
    const auto wanted = find_settings(prefix);
    std::size_t path_width = 0;
    std::size_t value_width = 0;
    const auto lines = config.lines();
    const auto is_wanted = [&](const runtime::ConfigLine& line) {
        return std::ranges::any_of(
            wanted, [&](const auto& one) { return one.path.starts_with(line.path); });
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
        fmt::print("{:{}}  {:{}}  {:7}  {}\n", line.path, path_width, line.value, value_width,
                   line.is_live ? "live" : "restart", line.origin);
        for (const auto& field : wanted) {
            if (with_docs && field.path.starts_with(line.path + "[].")) {
                fmt::print("#   {}: {} ({})\n", field.path.substr(line.path.size() + 3), field.doc,
                           field.kind);
            }
        }
    }
}

void explain(const std::string& path) {
    for (const auto& one : find_settings(path)) {
        fmt::print("{}\n  {}\n  {}{}\n", one.path, one.doc, one.kind,
                   one.fallback.empty() ? "; every item needs it" : "; default " + one.fallback);
        if (!one.variable.empty()) {
            fmt::print("  {}\n", one.variable);
        }
        fmt::print("  {}\n",
                   one.is_live ? "may change while running" : "holds from the next start");
    }
}

// A page about all settings; what docs/settings.md is made from.
void write_page() {
    fmt::print(
        "# Settings\n\n"
        "Made by `./dev gen`; a suite compares it with the program. Values come from "
        "`loquat.yaml`, from the\nenvironment (`LOQUAT_CHAT__MEMBERS_MAX`) and from `--set "
        "chat.members_max=50`; later ones win. `name[].field` is a\nfield of each item of a "
        "list. `live` says that a changed value holds at once, when the process is told to read "
        "again\n(SIGHUP, `POST /actuator/refresh`); others hold from the next start on.\n");
    std::string section;
    for (const auto& one : all_settings()) {
        if (const std::string here = one.path.substr(0, one.path.find('.')); here != section) {
            section = here;
            fmt::print("\n## {}\n\n| setting | default | live | what |\n|---|---|---|---|\n",
                       section);
        }
        fmt::print("| `{}` | {} | {} | {} ({}) |\n", one.path,
                   one.fallback.empty() ? "needed" : "`" + one.fallback + "`",
                   one.is_live ? "live" : "", one.doc, one.kind);
    }
}

// They are no settings: a setting beside them may be changed while a file is wrong.
void check_certificates(const runtime::Config& config) {
    const auto tls = config.get<runtime::PlatformConfig>("platform").tls;
    try {
        const SystemClock clock;
        const runtime::PlatformTls read{tls, {}, clock};
    } catch (const Failure& failure) {
        throw Failure{failure.kind, failure.code, "platform.tls: " + failure.message};
    }
}

void add_reading(Command command) {
    auto path = std::make_shared<std::string>();
    const Command explain_command =
        command.add("explain", "what a setting is, its limits, default and variable");
    explain_command.option("setting", *path, "such as gateway.routes or chat.members_max")
        .takes("NAME")
        .required();
    explain_command.on_run([path] { explain(*path); });
    explain_command.footer(
        "examples:\n"
        "  loquat config explain chat.members_max\n"
        "  loquat config explain gateway.routes        a list: every field of its items");
    command.add("docs", "a page about all settings, as Markdown").on_run(write_page);
}

}  // namespace

void add_config(Command program, int& code) {
    const Command command = program.add("config", "show, explain or check the configuration");
    command.needs_a_command();
    auto options = std::make_shared<CommonOptions>();
    auto prefix = std::make_shared<std::string>();
    auto with_docs = std::make_shared<bool>(false);

    const Command show_command = command.add("show", "every value and where it came from");
    options->add_to(show_command);
    show_command
        .option("prefix", *prefix, "only names that start with this, such as gateway.limits")
        .takes("NAME");
    show_command.flag("--docs", *with_docs, "with a sentence about each");
    show_command.on_run(
        [options, prefix, with_docs] { show(options->load(), *prefix, *with_docs); });

    const Command check_command =
        command.add("check", "say all that `up` would refuse, without starting anything");
    options->add_to(check_command);
    check_command.on_run([options, &code] {
        try {
            const auto config = options->load();
            for (const std::string& warning : config.warnings()) {
                fmt::print(stderr, "{}\n", warning);
            }
            check_certificates(config);
            fmt::print("The configuration is good.\n");
        } catch (const Failure& failure) {
            fmt::print(stderr, "{}\n", failure.message);
            code = 1;
        }
    });
    show_command.footer(
        "Behind each value stands whether it may change while running (live, or restart) and where "
        "it came from:\nthe default, loquat.yaml with its line, the config server, the environment "
        "or "
        "--set.\n"
        "examples:\n"
        "  loquat config show gateway.limits --docs\n"
        "  LOQUAT_CHAT__TEXT_CHARACTERS_MAX=4000 loquat config show chat");
    check_command.footer(
        "Exit code 0 when a start would take it, 1 otherwise; each mistake with its file and "
        "line.\n"
        "example:\n"
        "  loquat config check --config /etc/loquat.yaml");
    add_reading(command);
    command.footer(
        "examples:\n"
        "  loquat config show gateway.limits --docs\n"
        "  loquat config explain gateway.routes\n"
        "  LOQUAT_CHAT__TEXT_CHARACTERS_MAX=4000 loquat config show chat\n"
        "  loquat config check --config /etc/loquat.yaml");
}

void add_version(Command program, int&) {
    const Command command = program.add("version", "print the version");
    command.on_run([] { fmt::print("loquat {}\n", runtime::version); });
}

}  // namespace loquat::app
