#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "services/config/domain/snapshot.hpp"

namespace loquat::config {

using Files = std::map<std::string, Snapshot::File, std::less<>>;  // by path below the root

struct SnapshotRules {
    // Folders below the root that hold configuration; empty: the root itself.
    std::vector<std::string> search_paths;
    // Put before a file's path: `file:/etc/loquat/config/`.
    std::string name_prefix;
};

// Reads what is configuration among the files (.yml, .yaml, .properties).  A file that cannot be
// read is told of in `broken`, under its stem.
std::shared_ptr<const Snapshot> build_snapshot(std::string version, Files files,
                                               const SnapshotRules& rules);

}  // namespace loquat::config
