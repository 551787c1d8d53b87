#include <fmt/format.h>

#include <chrono>
#include <cstdio>

#include "apps/loquat/commands.hpp"
#include "apps/loquat/options.hpp"
#include "apps/loquat/processes/state_file.hpp"
#include "base/failure.hpp"
#include "wire/codec.hpp"

namespace loquat::app {
namespace {

std::string ago(std::int64_t since_ms) {
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
    const std::int64_t seconds = std::max<std::int64_t>(now - since_ms, 0) / 1'000;
    if (seconds < 120) {
        return fmt::format("{} s", seconds);
    }
    return seconds < 7'200 ? fmt::format("{} min", seconds / 60)
                           : fmt::format("{} h", seconds / 3'600);
}

std::string_view name_of(ProcessState state) {
    switch (state) {
        case ProcessState::waiting:
            return "waiting";
        case ProcessState::starting:
            return "starting";
        case ProcessState::ready:
            return "ready";
        case ProcessState::stopping:
            return "stopping";
        case ProcessState::ended:
            break;
    }
    return "ended";
}

std::string table(const ProcessList& list) {
    std::string text = fmt::format("{:<10} {:>8} {:<9} {:>8} {:>8}  {:<28} {}\n", "PROCESS", "PID",
                                   "STATE", "FOR", "RESTARTS", "ADDRESS", "LAST END");
    for (const ProcessLine& line : list.processes) {
        text += fmt::format("{:<10} {:>8} {:<9} {:>8} {:>8}  {:<28} {}\n", line.name,
                            line.pid > 0 ? std::to_string(line.pid) : "-", name_of(line.state),
                            ago(line.since_ms), line.restarts, line.url, line.last_end);
    }
    return text;
}

}  // namespace

void add_ps(Command program, int& code) {
    struct PsOptions {
        CommonOptions common;
        bool json = false;
    };
    const Command command = program.add("ps", "the processes of `loquat up --processes`");
    auto options = std::make_shared<PsOptions>();
    options->common.add_to(command);
    command.flag("--json", options->json, "for programs: what there is, as JSON");
    command.footer("Ends with 1 when nothing runs there.");
    command.on_run([options, &code] {
        const auto list = find_process_list(options->common.data);
        if (!list) {
            throw Failure{
                Kind::not_found, "processes.none",
                "No `loquat up --processes` runs with the folder " + options->common.data + "."};
        }
        const std::string text = options->json ? wire::encode(*list) + "\n" : table(*list);
        std::fputs(text.c_str(), stdout);
        code = 0;
    });
}

}  // namespace loquat::app
