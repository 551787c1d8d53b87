#include "base/time_with_sleep.hpp"

#include <ctime>

namespace loquat {

Steady time_with_sleep() {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return Steady{std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec}};
}

}  // namespace loquat
