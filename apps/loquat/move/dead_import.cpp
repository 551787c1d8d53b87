#include "apps/loquat/move/dead_import.hpp"

#include <algorithm>

#include "apps/loquat/move/moved_set.hpp"
#include "base/bytes.hpp"
#include "base/text.hpp"
#include "net/jose/digest.hpp"
#include "store/archive/row_text.hpp"

namespace loquat::app {

using contracts::DeadOrigin;

std::vector<consumer::MovedDead> DeadImport::read(const store::ArchivePart& part) const {
    const std::string text = store::read_archived(folder_, part);
    std::vector<consumer::MovedDead> dead;
    for (const std::string_view line : split(text, '\n')) {
        if (!line.empty()) {
            dead.push_back(consumer::moved_dead(store::read_line(consumer::dead_shape(), line)));
        }
    }
    return dead;
}

Task<void> DeadImport::check() {
    std::set<DeadOrigin> there = co_await dead_.origins();
    if (there.empty()) {
        co_return;
    }
    if (manifest_.dead) {
        for (const store::ArchivePart& part : manifest_.dead->parts) {
            for (const consumer::MovedDead& one : read(part)) {
                there.erase(one.record.origin);
            }
        }
    }
    if (!there.empty()) {
        throw Failure{Kind::conflict, "import.not_empty",
                      "The log of the target has records that were given up, which are not of "
                      "this archive (`loquat dead list`). Begin with an empty one."};
    }
}

Task<void> DeadImport::bring_in() {
    if (!manifest_.dead) {
        co_return;
    }
    const std::set<DeadOrigin> there = co_await dead_.origins();
    for (const store::ArchivePart& part : manifest_.dead->parts) {
        std::vector<consumer::MovedDead> dead = read(part);
        std::erase_if(dead, [&there](const consumer::MovedDead& one) {
            return there.contains(one.record.origin);
        });
        co_await dead_.bring_in(std::move(dead));
    }
    net::jose::Sha256 sum;
    std::int64_t rows = 0;
    const auto add = [&](const consumer::MovedDead& one) {
        std::string line;
        store::append_line(line, consumer::dead_shape(), values_of(one));
        sum.add(line);
        ++rows;
    };
    co_await dead_.take_out(add);
    print_table(log_name, *manifest_.dead);
    if (rows != manifest_.dead->rows || to_hex(sum.finish()) != manifest_.dead->sha256) {
        throw Failure{Kind::conflict, "import.differs",
                      "The log of the target has other records that were given up than the "
                      "archive. Something else has written there; begin with an empty target."};
    }
}

}  // namespace loquat::app
