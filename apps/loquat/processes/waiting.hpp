#pragma once
#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>

namespace loquat::app {

// How long after the start of a process, or after it was said last, it is said that it is still
// waited for: 5 s, doubled each time, at most a minute.
std::chrono::milliseconds pause_before_saying(int said);

// What can be seen from outside of a process that is not ready: whether it is held, and the last
// that it said.
std::string describe_unready(pid_t pid, std::string_view last_line);

}  // namespace loquat::app
