#include "apps/loquat/processes/waiting.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace loquat::app {
namespace {

constexpr std::chrono::milliseconds first_pause{5'000};
constexpr std::chrono::milliseconds longest_pause{60'000};
constexpr std::size_t shown_bytes_max = 200;

// As proc(5) has it: R, S, D, T, ...; a space when there is no such process.
char state_of(pid_t pid) {
    std::ifstream in{"/proc/" + std::to_string(pid) + "/stat"};
    const std::string line{std::istreambuf_iterator<char>{in}, {}};
    const std::size_t name_end = line.rfind(") ");  // the name itself may hold anything
    return name_end == std::string::npos || name_end + 2 >= line.size() ? ' ' : line[name_end + 2];
}

}  // namespace

std::chrono::milliseconds pause_before_saying(int said) {
    return std::min(first_pause * (1 << std::clamp(said, 0, 8)), longest_pause);
}

std::string describe_unready(pid_t pid, std::string_view last_line) {
    const char state = state_of(pid);
    std::string text;
    if (state == 'T' || state == 't') {
        text = "it is stopped, and goes on after SIGCONT; ";
    } else if (state == 'D') {
        text = "it waits for a disk; ";
    }
    if (last_line.empty()) {
        return text + "it has said nothing yet";
    }
    return text + "it said last: " + std::string{last_line.substr(0, shown_bytes_max)};
}

}  // namespace loquat::app
