#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/sql/migrations.hpp"

namespace loquat::store {

// What a commit that was reported survives.
enum class Durability {
    power_loss,  // one sync a group of commits
    crash,       // the process may die; the last moments may be missing after a loss of power
};

// What somebody needs of a relational database, whichever it is.
struct DatabaseNeed {
    std::string name;  // `chat`; two with the same name are one
    // The service that fills it, and those that only read it: who may do what, for adapters that
    // know rights.
    std::string_view owner{};
    std::vector<std::string_view> readers{};
    std::span<const Migration> schema{};
    Durability durability = Durability::power_loss;
    // What the log brings into it: when it is found damaged, nothing more is accepted for them.
    std::vector<std::string_view> topics{};
    // Tables whose rows mean nothing in another place: leases of processes, places in a log.
    std::vector<std::string_view> passing{};
    // For adapters in files: of the page caches, and how much is written before it is moved into
    // the file.
    std::size_t cache_kib = 4 * 1024;
    std::size_t checkpoint_pages = 1024;
};

}  // namespace loquat::store
