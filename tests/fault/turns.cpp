#include "tests/fault/turns.hpp"

#include <algorithm>

namespace loquat::test {

std::vector<std::string> overlaps(std::vector<Turn> turns) {
    std::ranges::sort(turns, {}, &Turn::started);
    std::vector<std::string> found;
    const Turn* longest = nullptr;  // of those so far, the one that ended last
    for (const Turn& turn : turns) {
        if (turn.finished < turn.started) {
            found.push_back(turn.generation + " began at " + turn.started + " and has no end");
        }
        if (longest != nullptr && turn.started < longest->finished) {
            found.push_back(turn.generation + " began at " + turn.started + ", before " +
                            longest->generation + " had ended at " + longest->finished);
        }
        if (longest == nullptr || longest->finished < turn.finished) {
            longest = &turn;
        }
    }
    return found;
}

}  // namespace loquat::test
