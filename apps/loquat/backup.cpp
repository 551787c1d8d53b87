#include <fmt/format.h>
#include "apps/loquat/commands.hpp"
#include "apps/loquat/modules.hpp"
#include "apps/loquat/options.hpp"
#include "runtime/stores/servers_file.hpp"
#include "store/folder/copy.hpp"

namespace loquat::app {
namespace {

constexpr int tries_max = 3;

// Starts on the copy as on any folder: what the copied log has is stored, and what does not fit is
// found now and not on the day the copy is needed.
void prove(const CommonOptions& options, const std::string& target) {
    CommonOptions quiet = options;
    quiet.data = target;
    quiet.settings.push_back("platform.log_level=error");
    runtime::Platform platform{quiet.platform(modules_named({"auth", "chat", "consumer"}))};
    platform.start();
}

// A copy of the folder alone would begin anew with empty databases.
void refuse_parts(const std::string& folder) {
    if (!runtime::needs_at_servers(folder).empty()) {
        throw Failure{Kind::invalid, "store.other_place",
                      "The databases of " + folder +
                          " are at a server, and this command copies files only. Stop Loquat, dump "
                          "the server's schemas with its own tool (pg_dump), and copy the folder."};
    }
}

void back_up(const CommonOptions& options, const std::string& target) {
    refuse_parts(options.data);
    for (int i = 1;; ++i) {
        store::copy_folder(options.data, target,
                           [](const std::string& name) { fmt::print(stderr, "{}\n", name); });
        try {
            fmt::print(stderr, "starting on the copy to prove it\n");
            prove(options, target);
            break;
        } catch (const Failure& failure) {
            std::error_code ignored;
            std::filesystem::remove_all(target, ignored);
            // The log was trimmed between the copy of the stores and its own.
            if (failure.code != "consumer.log_is_cut" || i == tries_max) {
                throw;
            }
        }
    }
    fmt::print("{}\n", std::filesystem::absolute(target).string());
}

}  // namespace

void add_backup(Command program, int&) {
    const Command command = program.add("backup", "copy all data, also while it runs");
    auto options = std::make_shared<CommonOptions>();
    auto target = std::make_shared<std::string>();
    options->add_to(command);
    command.option("target", *target, "folder to make; it must not be there yet")
        .takes("FOLDER")
        .required();
    command.footer(
        "The copy is a data folder: start it with --data, or put it in the place of the one it was "
        "made from.\nIt holds everything that was acknowledged before the command began.\n"
        "example:\n  loquat backup /srv/copies/today --data /srv/loquat");
    command.on_run([options, target] { back_up(*options, *target); });
}

}  // namespace loquat::app
