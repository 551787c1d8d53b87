#include "bench/server_process.hpp"

#include <unistd.h>

#include <fstream>
#include <sstream>

#include "base/failure.hpp"
#include "base/text.hpp"

namespace loquat::bench {
namespace {

// proc(5): what follows the name in brackets, which may itself hold brackets; the first is field 3.
std::vector<std::string> stat_fields(int pid) {
    std::ifstream file{"/proc/" + std::to_string(pid) + "/stat"};
    std::stringstream text;
    text << file.rdbuf();
    const std::string all = text.str();
    const std::size_t end = all.rfind(") ");
    if (end == std::string::npos) {
        throw Failure{Kind::unavailable, "bench.no_process",
                      "there is no process " + std::to_string(pid)};
    }
    std::vector<std::string> fields;
    for (const std::string_view field : split(std::string_view{all}.substr(end + 2), ' ')) {
        fields.emplace_back(field);
    }
    return fields;
}

}  // namespace

double ServerProcess::cpu_seconds() const {
    const auto fields = stat_fields(pid_);
    const double ticks = std::stod(fields.at(14 - 3)) + std::stod(fields.at(15 - 3));
    return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

std::int64_t ServerProcess::rss_bytes() const {
    return std::stoll(stat_fields(pid_).at(24 - 3)) * sysconf(_SC_PAGESIZE);
}

std::int64_t ServerProcess::disk_bytes() const {
    std::ifstream file{"/proc/" + std::to_string(pid_) + "/io"};
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("write_bytes: ")) {
            return std::stoll(line.substr(line.find(' ') + 1));
        }
    }
    throw Failure{Kind::unavailable, "bench.no_process",
                  "there is no process " + std::to_string(pid_)};
}

double cpu_seconds_of(const std::vector<int>& pids) {
    double all = 0;
    for (const int pid : pids) {
        all += ServerProcess{pid}.cpu_seconds();
    }
    return all;
}

}  // namespace loquat::bench
