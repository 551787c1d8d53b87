#include "apps/loquat/processes/run_processes.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "apps/loquat/certificates/folder.hpp"
#include "apps/loquat/processes/instances.hpp"
#include "apps/loquat/processes/servers.hpp"
#include "apps/loquat/processes/supervisor.hpp"
#include "base/failure.hpp"
#include "base/random_text.hpp"
#include "base/text.hpp"
#include "runtime/platform/run_file.hpp"
#include "runtime/stores/servers.hpp"
#include "services/registry.hpp"
#include "store/folder/data_folder.hpp"

namespace loquat::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t key_characters_min = 32;
constexpr std::size_t key_bytes = 32;

Failure other_layout(const fs::path& data, const char* is, const char* wants) {
    return {Kind::conflict, "processes.other_layout",
            data.string() + " holds the data of " + is + "; start it " + wants +
                ", or name another folder with --data."};
}

// The secret that all processes share, made once and kept for this user alone.
std::string load_key(const fs::path& file) {
    if (std::ifstream in{file}; in) {
        std::error_code ignored;  // copied in, perhaps, and readable for others
        fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write, ignored);
        std::string key;
        std::getline(in, key);
        if (key.size() < key_characters_min) {
            throw Failure{Kind::unavailable, "processes.bad_key",
                          file.string() +
                              " does not hold a key. Remove it: another is made, which "
                              "is the same to those that it starts."};
        }
        return key;
    }
    const std::string key = random_text(key_bytes);
    const std::string line = key + "\n";
    const int out = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    const bool is_written =
        out >= 0 && ::write(out, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
        ::fsync(out) == 0;
    if (out >= 0) {
        ::close(out);
    }
    if (!is_written) {
        throw Failure{Kind::unavailable, "data.unusable", file.string() + " cannot be written"};
    }
    return key;
}

// What every process is given as the supervisor was.
std::vector<std::string> common_arguments(const CommonOptions& options) {
    std::vector<std::string> arguments;
    if (const fs::path file = options.sources().file; !file.empty()) {
        arguments.insert(arguments.end(), {"--config", fs::absolute(file).string()});
    }
    for (const std::string& setting : options.settings) {
        arguments.insert(arguments.end(), {"--set", setting});
    }
    for (const runtime::ConfigFlag& flag : options.flags) {
        arguments.insert(arguments.end(), {"--set", flag.setting});
    }
    return arguments;
}

// By the environment, which only this user and its processes can read: a command line is for all.
void hand_on(const char* variable, const std::string& value) {
    ::setenv(variable, value.c_str(), 1);
}

// What has been made; a folder that cannot be written is said and tried again.
std::vector<std::string> renew(const CertificateFolder& folder,
                               const std::vector<CertificateFolder::Wish>& wishes) {
    std::vector<std::string> lines;
    try {
        for (const std::string& name : keep_certificates(folder, wishes, SystemClock{}.now())) {
            lines.push_back("a certificate was made for " + name);
        }
    } catch (const Failure& failure) {
        lines.push_back("certificates cannot be renewed: " + failure.message);
    }
    return lines;
}

void use_certificates(SupervisorOptions& wanted, const runtime::PlatformConfig& settings,
                      Certificates certificates) {
    const bool are_named = !settings.tls.certificate.empty();
    if (are_named && certificates == Certificates::made) {
        throw Failure{Kind::invalid, "processes.two_certificates",
                      "--tls makes certificates, and platform.tls.certificate names one: leave out "
                      "one of both."};
    }
    for (ProcessPlan& process : wanted.plan) {
        process.is_secure = are_named || certificates == Certificates::made;
    }
    if (certificates != Certificates::made) {
        return;
    }
    const CertificateFolder folder{wanted.data / "certs"};
    std::vector<CertificateFolder::Wish> wishes;
    for (ProcessPlan& process : wanted.plan) {
        // Several of a service have one: it says which service somebody is.
        const std::string& name = process.services.front();
        if (std::ranges::find(wishes, name, &CertificateFolder::Wish::name) == wishes.end()) {
            wishes.push_back(
                {.name = name, .also = {process.services.begin() + 1, process.services.end()}});
        }
        process.settings.insert(
            process.settings.end(),
            {"platform.tls.ca=" + folder.authority_file().string(),
             "platform.tls.certificate=" + folder.certificate_file(name).string(),
             "platform.tls.key=" + folder.key_file(name).string()});
    }
    keep_certificates(folder, wishes, SystemClock{}.now());
    wanted.upkeep = [folder, wishes] { return renew(folder, wishes); };
}

}  // namespace

void refuse_data_of_processes(const fs::path& data) {
    if (is_of_processes(data)) {
        throw other_layout(data, "several processes", "with --processes");
    }
}

int run_processes(const CommonOptions& options, Certificates certificates,
                  const std::string& instances) {
    const std::vector<InstanceWish> wishes = read_instances(instances);
    const runtime::Config config = options.load();
    const auto settings = config.get<runtime::PlatformConfig>("platform");
    const fs::path data = fs::absolute(options.data).lexically_normal();
    std::error_code failed;
    if (fs::exists(data / "manifest", failed)) {
        throw other_layout(data, "one process", "without --processes");
    }
    const store::DataFolder held{data};
    const std::string key = load_key(data / "processes.key");
    const bool is_terminal = ::isatty(STDERR_FILENO) == 1;
    if (settings.internal_key.empty()) {
        hand_on("LOQUAT_PLATFORM__INTERNAL_KEY", key);
    }
    if (settings.log_style == runtime::LogStyle::automatic && is_terminal) {
        hand_on("LOQUAT_PLATFORM__LOG_STYLE", "pretty");
    }
    const SharedStores stores = runtime::may_be_apart(config.get<runtime::StoreConfig>("store"))
                                    ? SharedStores::at_servers
                                    : SharedStores::embedded;
    SupervisorOptions wanted{.plan = plan_processes(services::all_modules(), settings.urls, stores),
                             .data = data,
                             .arguments = common_arguments(options),
                             .stop_time = settings.drain_seconds + std::chrono::seconds{5},
                             .colours = is_terminal ? LogView::Colours::yes : LogView::Colours::no};
    wanted.notices = multiply(wanted.plan, wishes, config);
    choose_ports(wanted.plan);
    use_certificates(wanted, settings, certificates);
    for (const HandedOn& one : use_own_servers(wanted.plan, config.lines())) {
        hand_on(one.variable.c_str(), one.value);
    }
    wanted.arguments.insert(wanted.arguments.end(),
                            {"--set", urls_setting(wanted.plan, settings.urls)});
    return Supervisor{std::move(wanted)}.run();
}

}  // namespace loquat::app
