#pragma once
#include <cstdint>
#include <vector>

namespace loquat::bench {

// What the kernel says of another process.  Throws Failure `bench.no_process` when it is gone.
class ServerProcess {
  public:
    explicit ServerProcess(int pid) : pid_(pid) {}

    // User and system time of all threads since its start.
    double cpu_seconds() const;
    std::int64_t rss_bytes() const;
    // What it made the kernel write to disks.
    std::int64_t disk_bytes() const;

  private:
    int pid_;
};

// Of all of them together.
double cpu_seconds_of(const std::vector<int>& pids);

}  // namespace loquat::bench
