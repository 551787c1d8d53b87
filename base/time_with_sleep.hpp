#pragma once
#include "base/clock.hpp"

namespace loquat {

// CLOCK_BOOTTIME: it goes on while the machine sleeps, so that what was believed before is old.
Steady time_with_sleep();

}  // namespace loquat
