#include "runtime/telemetry/process_metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <thread>

namespace loquat::runtime {
namespace {

using std::chrono::steady_clock;
using std::chrono::system_clock;

template <class Duration>
double seconds_of(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

double used_cpu_seconds() {
    struct rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto of = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return of(usage.ru_utime) + of(usage.ru_stime);
}

// The share of all cores since it was read last, as Micrometer's `process.cpu.usage`.
class CpuShare {
  public:
    double read() {
        const std::lock_guard lock{mutex_};
        const auto now = steady_clock::now();
        const double used = used_cpu_seconds();
        const double passed = seconds_of(now - read_at_) * cores();
        // Two readers at once must not divide by nothing.
        if (passed > 0.05) {
            share_ = std::min((used - used_) / passed, 1.0);
            read_at_ = now;
            used_ = used;
        }
        return share_;
    }

    static double cores() { return std::max(1U, std::thread::hardware_concurrency()); }

  private:
    std::mutex mutex_;
    steady_clock::time_point read_at_ = steady_clock::now();
    double used_ = used_cpu_seconds();
    double share_ = 0;
};

double load_average() {
    double load = 0;
    return ::getloadavg(&load, 1) == 1 ? load : 0;
}

double open_files() {
    std::error_code failed;
    double count = 0;
    for (std::filesystem::directory_iterator each{"/proc/self/fd", failed}, end;
         !failed && each != end; each.increment(failed)) {
        ++count;
    }
    return count;
}

double files_max() {
    struct rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return static_cast<double>(limit.rlim_cur);
}

}  // namespace

void add_process_metrics(Metrics& metrics) {
    const auto began = steady_clock::now();
    const double began_at = seconds_of(system_clock::now().time_since_epoch());
    metrics.gauge_of("process_uptime_seconds", "How long the process runs.", {},
                     [began] { return seconds_of(steady_clock::now() - began); });
    metrics.gauge_of("process_start_time_seconds", "When it began, since 1970.", {},
                     [began_at] { return began_at; });
    metrics.gauge_of("process_cpu_usage", "Its share of all cores since this was read last.", {},
                     [share = std::make_shared<CpuShare>()] { return share->read(); });
    metrics.gauge_of("process_files_open_files", "Open file descriptors.", {}, &open_files);
    metrics.gauge_of("process_files_max_files", "How many it may have open.", {}, &files_max);
    metrics.gauge_of("system_cpu_count", "Cores that it may use.", {}, &CpuShare::cores);
    metrics.gauge_of("system_load_average_1m", "Of the machine, over a minute.", {}, &load_average);
}

}  // namespace loquat::runtime
