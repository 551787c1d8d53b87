#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "services/config/domain/entry.hpp"

namespace loquat::config {

// All files of a label as they were at one moment.
struct Snapshot {
    std::string version;      // the commit; empty for a folder
    std::string name_prefix;  // put before a path, it names a file for clients
    struct File {
        std::string text;
        Time changed_at{};
    };
    std::map<std::string, File, std::less<>> files;  // by path below the folder

    // What was read of them so far, by path; a file that cannot be read has why.  Only for the one
    // thread that answers.
    struct Parsed {
        std::vector<Document> documents;
        std::string trouble;
    };
    mutable std::map<std::string, Parsed, std::less<>> parsed;
};
using SnapshotPtr = std::shared_ptr<const Snapshot>;
using Files = decltype(Snapshot::files);

}  // namespace loquat::config
