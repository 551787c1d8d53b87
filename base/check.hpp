#pragma once
#include <source_location>

namespace loquat {

// Prints what was violated and where, then aborts.
[[noreturn]] void check_failed(const char* what, std::source_location where);

}  // namespace loquat

// "The program is wrong."  Stays on in release builds; never used for input.
#define LOQUAT_CHECK(condition, what)                                                          \
    do {                                                                                       \
        if (!(condition)) [[unlikely]] {                                                       \
            ::loquat::check_failed(what " [" #condition "]", std::source_location::current()); \
        }                                                                                      \
    } while (false)
