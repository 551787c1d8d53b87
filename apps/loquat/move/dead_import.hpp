#pragma once
#include <filesystem>
#include <vector>

#include "services/consumer/dead_move.hpp"
#include "store/archive/archive.hpp"

namespace loquat::app {

// Records that were given up, out of an archive into the log of the target.  What was interrupted
// goes on: each is known by where it was, and is there once.
class DeadImport {
  public:
    // Manifest and log outlive it.
    DeadImport(std::filesystem::path folder, const store::ArchiveManifest& manifest,
               store::EventLog& log)
        : folder_(std::move(folder)), manifest_(manifest), dead_(log) {}

    // `import.not_empty` (409) when the log has one that the archive has not.  Changes nothing.
    Task<void> check();
    // Those that are not there yet, then reads all of them again; `import.differs` (409).
    Task<void> bring_in();

  private:
    // The lines of a part.
    std::vector<consumer::MovedDead> read(const store::ArchivePart& part) const;

    std::filesystem::path folder_;
    const store::ArchiveManifest& manifest_;
    consumer::DeadMove dead_;
};

}  // namespace loquat::app
