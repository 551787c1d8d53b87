#pragma once
#include <string>
#include <vector>

namespace loquat::test {

// The time in which an answer was being written, as the platform says; RFC 3339 of one zone, so
// that texts compare as times do.
struct Turn {
    std::string generation;
    std::string started;
    std::string finished;
};

// One line for each that began before the one before it had ended, and for each without an end.
// Pure.
std::vector<std::string> overlaps(std::vector<Turn> turns);

}  // namespace loquat::test
