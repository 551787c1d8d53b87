#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

namespace loquat::store {

// One file of a data folder, or one folder in it.
struct ManifestFile {
    std::string name;
    std::string id;  // also kept inside the file; empty until a file that names itself was made
    bool is_made = false;  // false: it may not be there yet
};
BOOST_DESCRIBE_STRUCT(ManifestFile, (), (name, id, is_made))

// What a data folder is and what belongs into it.
struct Manifest {
    std::int64_t version = 1;
    std::string folder;                  // the identity of the folder
    bool administrator_claimed = false;  // somebody became the first administrator; once for ever
    std::string administrator;           // who; empty when it was not known
    std::vector<ManifestFile> files;
};
BOOST_DESCRIBE_STRUCT(Manifest, (), (version, folder, administrator_claimed, administrator, files))

inline constexpr const char* manifest_name = "manifest";

// None when the folder has no manifest.  Fails with `folder.damaged` when it is not as it was
// written, `folder.newer` when a newer program made it.
std::optional<Manifest> find_manifest(const std::filesystem::path& folder);

// Replaces it at once; durable on return.  Fails with `data.unusable`.
void write_manifest(const std::filesystem::path& folder, const Manifest& manifest);

}  // namespace loquat::store
