#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "base/clock.hpp"
#include "base/failure.hpp"
#include "base/ids.hpp"
#include "store/sql/database_need.hpp"

// An archive: a folder with all data of an installation, whatever kept it
// (docs/protocols/archive.md). Its manifest is written last and names every other file with its
// hash.
namespace loquat::store {

struct ArchivePart {
    std::string file;
    std::int64_t rows = 0;
    std::int64_t bytes = 0;
    std::string sha256;  // in hexadecimal digits, as all
};
BOOST_DESCRIBE_STRUCT(ArchivePart, (), (file, rows, bytes, sha256))

struct ArchiveTable {
    std::string name;
    std::vector<std::string> columns;
    std::int64_t rows = 0;
    std::string sha256;  // of all parts, one after the other
    std::vector<ArchivePart> parts;
};
BOOST_DESCRIBE_STRUCT(ArchiveTable, (), (name, columns, rows, sha256, parts))

struct ArchiveStep {
    std::int64_t number = 0;
    std::string name;
    std::int64_t checksum = 0;
    friend bool operator==(const ArchiveStep&, const ArchiveStep&) = default;
};
BOOST_DESCRIBE_STRUCT(ArchiveStep, (), (number, name, checksum))

struct ArchiveDatabase {
    std::string name;
    std::vector<ArchiveStep> steps;  // of its schema
    std::vector<ArchiveTable> tables;
};
BOOST_DESCRIBE_STRUCT(ArchiveDatabase, (), (name, steps, tables))

struct ArchiveFile {
    std::string name;
    std::int64_t bytes = 0;
    std::string sha256;
};
BOOST_DESCRIBE_STRUCT(ArchiveFile, (), (name, bytes, sha256))

struct ArchiveManifest {
    std::string format;
    std::int64_t version = 0;
    Uuid id;
    Time made_at;
    std::string program;  // the version of the program that made it
    std::vector<ArchiveDatabase> databases;
    std::vector<ArchiveFile> files;
    // Records of the log that were given up, as a table; none in archives of version 1.
    std::optional<ArchiveTable> dead;
};
BOOST_DESCRIBE_STRUCT(ArchiveManifest, (),
                      (format, version, id, made_at, program, databases, files, dead))

// The steps of a schema, as a manifest lists them.
std::vector<ArchiveStep> steps_of(const DatabaseNeed& need);

// Fails with `archive.none` (404) where there is none, `archive.unfinished` (409) where its export
// did not come to its end, `archive.newer` (422) for one of a newer form, `archive.damaged` (422).
ArchiveManifest read_archive(const std::filesystem::path& folder);
// All of a part, or of a file, as it was written; `archive.damaged` (422), which names it.
std::string read_archived(const std::filesystem::path& folder, const ArchivePart& part);
std::string read_archived(const std::filesystem::path& folder, const ArchiveFile& file);

// `why`: the end of a sentence.
Failure damaged_archive(const std::filesystem::path& file, const std::string& why);

// `export.target_exists` (409) when there is something that no interrupted export has left.
void check_archive_target(const std::filesystem::path& folder);

// Writes one.  What an export that did not come to its end has left is removed first: reading can
// be begun anew.  Every file is for its user alone and durable before the next one.
class ArchiveWriter {
  public:
    // A part ends behind the row with which it has so many.
    static constexpr std::size_t part_bytes = 4 * 1024 * 1024;

    // Fails as check_archive_target.
    explicit ArchiveWriter(std::filesystem::path folder);

    ArchivePart write_part(const std::string& file, std::string_view text, std::int64_t rows);
    ArchiveFile write_file(const std::string& name, std::string_view text);
    // From here on it is an archive.
    void finish(const ArchiveManifest& manifest);

  private:
    std::filesystem::path folder_;
};

}  // namespace loquat::store
