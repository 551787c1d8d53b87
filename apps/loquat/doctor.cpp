#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <iostream>
#include <thread>

#include "apps/loquat/commands.hpp"
#include "apps/loquat/modules.hpp"
#include "apps/loquat/options.hpp"
#include "base/text.hpp"
#include "net/listener.hpp"
#include "runtime/front/problem.hpp"
#include "runtime/front/web_assets.hpp"
#include "runtime/platform/run_file.hpp"
#include "store/folder/inspect.hpp"
#include "store/folder/repair.hpp"

namespace loquat::app {
namespace {

enum class Finding { good, note, bad };

// Prints findings as they come and remembers whether one was bad.
class Report {
  public:
    void add(Finding finding, const std::string& what, const std::string& mend = {}) {
        constexpr std::array<const char*, 3> marks{"ok   ", "note ", "BAD  "};
        fmt::print("{} {}\n", marks[static_cast<std::size_t>(finding)], what);
        if (!mend.empty()) {
            fmt::print("      -> {}\n", mend);
        }
        is_bad_ = is_bad_ || finding == Finding::bad;
    }
    bool is_bad() const { return is_bad_; }

  private:
    bool is_bad_ = false;
};

bool check_config(Report& report, const CommonOptions& options) {
    try {
        for (const std::string& warning : options.load().warnings()) {
            report.add(Finding::note, "configuration: " + warning);
        }
        report.add(Finding::good, "configuration");
        return true;
    } catch (const Failure& failure) {
        for (const std::string_view line : split(failure.message, '\n')) {
            report.add(Finding::bad, "configuration: " + std::string{line});
        }
        report.add(Finding::note, "`loquat config explain SETTING` says what a value must be");
        return false;
    }
}

void check_folder(Report& report, const std::filesystem::path& folder) {
    std::error_code error;
    if (!std::filesystem::exists(folder, error)) {
        report.add(Finding::note,
                   "data folder " + folder.string() + " is not there yet; it will be made");
        return;
    }
    if (::access(folder.c_str(), R_OK | W_OK | X_OK) != 0) {
        report.add(Finding::bad,
                   "data folder " + folder.string() + " cannot be written by this user",
                   "chown it to this user, or choose another with --data");
        return;
    }
    const auto mode = std::filesystem::status(folder).permissions();
    const bool is_open =
        (mode & (std::filesystem::perms::group_all | std::filesystem::perms::others_all)) !=
        std::filesystem::perms::none;
    report.add(is_open ? Finding::note : Finding::good,
               "data folder " + folder.string() + (is_open ? " can be entered by other users" : ""),
               is_open ? "chmod 700 " + folder.string() : "");
    struct statvfs space{};
    if (::statvfs(folder.c_str(), &space) == 0) {
        const auto free_mib =
            static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize / (1024 * 1024);
        report.add(free_mib < 64     ? Finding::bad
                   : free_mib < 1024 ? Finding::note
                                     : Finding::good,
                   fmt::format("{} MiB free for data", free_mib),
                   free_mib < 1024 ? "make room or move the folder to a larger disk" : "");
    }
}

// Opens all databases the way a start does, then closes them again.
void check_stores(Report& report, const CommonOptions& options) {
    if (!std::filesystem::exists(options.data)) {
        return;
    }
    bool is_whole = true;
    for (const Failure& wrong : store::inspect_folder(options.data)) {
        report.add(Finding::bad, wrong.message, wrong.detail);
        is_whole = false;
    }
    for (const std::filesystem::path& file : store::list_unchecked(options.data)) {
        report.add(Finding::note,
                   file.string() + " is of a version before: its pages have no checksums",
                   "a copy made by `loquat backup` has them; put it in place of this folder");
    }
    if (!is_whole) {
        return;
    }
    try {
        CommonOptions quiet = options;
        quiet.settings.push_back("platform.log_level=error");
        runtime::Platform platform{quiet.platform(modules_named({"auth", "chat", "consumer"}))};
        platform.start();
        report.add(Finding::good, "databases open and are whole");
    } catch (...) {
        const Failure failure = runtime::to_failure(std::current_exception());
        report.add(Finding::bad, failure.message, failure.detail);
    }
}

void check_port(Report& report, const CommonOptions& options) {
    const auto config = options.load();
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;
    for (const auto& line : config.lines()) {
        if (line.path == "gateway.port") {
            port = static_cast<std::uint16_t>(std::stoi(line.value));
        } else if (line.path == "gateway.address") {
            address = line.value.substr(1, line.value.size() - 2);
        }
    }
    try {
        aio::Loop loop{"doctor"};
        loop.post([&] { loop.stop(); });
        net::Listener listener{loop, {.address = address, .port = port}, [](net::Stream) {}};
        report.add(Finding::good, fmt::format("port {} on {} is free", port, address));
    } catch (const Failure& failure) {
        report.add(Finding::bad, failure.message,
                   "stop what uses it (ss -ltnp shows it), or choose another with --port");
    }
}

void check_machine(Report& report) {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    const bool is_low = files.rlim_cur < 4096;
    report.add(is_low ? Finding::note : Finding::good,
               fmt::format("{} files may be open: about as many connections", files.rlim_cur),
               is_low ? "ulimit -n 65536, or LimitNOFILE=65536 in the unit" : "");
    report.add(Finding::good, fmt::format("{} cores", std::thread::hardware_concurrency()));
    const bool has_app = runtime::web_assets().size() > 1;
    report.add(has_app ? Finding::good : Finding::note,
               has_app ? "web app built in" : "web app not built in",
               has_app ? "" : "build with ./dev build, which builds web/ first");
}

enum class Asking { person, nobody };

bool confirm(Asking asking, const std::string& offer) {
    fmt::print("{}\n", offer);
    if (asking == Asking::nobody) {
        return true;
    }
    fmt::print("Do it? [y/N] ");
    std::fflush(stdout);
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "yes";
}

// Whether the stores refuse the log as it is.
bool is_log_refused(const CommonOptions& options) {
    constexpr std::array codes{"consumer.log_is_older", "consumer.log_is_cut", "store.damaged",
                               "store.foreign_file", "folder.foreign_file"};
    try {
        CommonOptions quiet = options;
        quiet.settings.push_back("platform.log_level=error");
        runtime::Platform platform{quiet.platform(modules_named({"auth", "chat", "consumer"}))};
        platform.start();
        return false;
    } catch (const Failure& failure) {
        return std::ranges::find(codes, failure.code) != codes.end() &&
               !failure.message.contains(".db ");
    }
}

void repair(const CommonOptions& options, Asking asking) {
    const auto agree = [asking](const std::string& offer) { return confirm(asking, offer); };
    int done = store::repair_folder(options.data, store::LogRepair::if_missing, agree);
    if (store::inspect_folder(options.data).empty() && is_log_refused(options)) {
        done += store::repair_folder(options.data, store::LogRepair::renew, agree);
    }
    fmt::print("{}\n", done == 0 ? "Nothing was changed." : "Done. This is how it is now:");
}

int examine(const CommonOptions& options) {
    Report report;
    check_machine(report);
    const bool has_config = check_config(report, options);
    check_folder(report, options.data);
    if (const auto running = runtime::find_running(options.data)) {
        report.add(Finding::good,
                   fmt::format("running as process {} on {}", running->pid,
                               running->url.empty() ? running->service_url : running->url));
    } else if (has_config) {
        check_stores(report, options);
        check_port(report, options);
    }
    fmt::print("{}\n",
               report.is_bad() ? "Something must be mended before it can run." : "All is well.");
    return report.is_bad() ? 1 : 0;
}

}  // namespace

void add_doctor(Command program, int& code) {
    const Command command = program.add("doctor", "say what is wrong here and how to mend it");
    auto options = std::make_shared<CommonOptions>();
    options->add_to(command);
    auto repairs = std::make_shared<bool>(false);
    auto agrees = std::make_shared<bool>(false);
    command.flag("--repair", *repairs, "offer what is safe for a data folder that is refused");
    command.flag("--yes", *agrees, "with --repair: do all that is offered");
    command.footer(
        "Exit code 0 when all is well, 1 when something must be mended.\nexample:\n  loquat doctor "
        "--data /srv/loquat");
    command.on_run([options, repairs, agrees, &code] {
        if (*repairs) {
            repair(*options, *agrees ? Asking::nobody : Asking::person);
        }
        code = examine(*options);
    });
}

}  // namespace loquat::app
