#include "runtime/telemetry/memory_metrics.hpp"

#include <malloc.h>
#include <unistd.h>

#include <fstream>

namespace loquat::runtime {
namespace {

constexpr std::string_view name = "loquat_memory_bytes";
constexpr std::string_view help = "Resident memory, and the heap in use and kept free.";

double resident_bytes() {
    std::ifstream in{"/proc/self/statm"};
    double whole = 0;
    double resident = 0;
    in >> whole >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double used_bytes() {
    const struct mallinfo2 heap = ::mallinfo2();
    return static_cast<double>(heap.uordblks + heap.hblkhd);
}

double free_bytes() { return static_cast<double>(::mallinfo2().fordblks); }

}  // namespace

void add_memory_metrics(Metrics& metrics) {
    metrics.gauge_of(name, help, {{"kind", "resident"}}, &resident_bytes);
    metrics.gauge_of(name, help, {{"kind", "heap_used"}}, &used_bytes);
    metrics.gauge_of(name, help, {{"kind", "heap_free"}}, &free_bytes);
}

}  // namespace loquat::runtime
