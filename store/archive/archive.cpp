#include "store/archive/archive.hpp"

#include <algorithm>
#include <fstream>

#include "base/bytes.hpp"
#include "net/jose/digest.hpp"
#include "store/checksum.hpp"
#include "store/file/file.hpp"
#include "wire/codec.hpp"

namespace loquat::store {
namespace {

namespace fs = std::filesystem;

constexpr const char* format_name = "loquat archive";
constexpr std::int64_t version_known = 2;
constexpr const char* manifest_file = "manifest.json";
// As `sha256sum -c` reads it.
constexpr const char* sum_file = "manifest.sha256";
// There from the first file on until the manifest is.
constexpr const char* unfinished_file = "unfinished";
constexpr std::string_view unfinished_text = "loquat export";
// Larger ones are none that this program has written.
constexpr std::uintmax_t file_bytes_max = 512 * 1024 * 1024;

std::string sum_of(std::string_view text) { return to_hex(net::jose::sha256(text)); }

std::string sum_line(std::string_view text) { return sum_of(text) + "  " + manifest_file + "\n"; }

// The file, whose size is limited.
std::string read_all(const fs::path& file) {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(file, error);
    if (error || !fs::is_regular_file(file, error)) {
        throw damaged_archive(file, "is missing");
    }
    if (size > file_bytes_max) {
        throw damaged_archive(file, "is larger than any that was written");
    }
    return File{file, FileMode::read}.read(0, static_cast<std::size_t>(size));
}

std::string read_checked(const fs::path& file, std::int64_t bytes, const std::string& sum) {
    std::string text = read_all(file);
    if (static_cast<std::int64_t>(text.size()) != bytes) {
        throw damaged_archive(file, "has " + std::to_string(text.size()) +
                                        " bytes and should have " + std::to_string(bytes));
    }
    if (sum_of(text) != sum) {
        throw damaged_archive(file, "is not as it was written (its SHA-256 is another one)");
    }
    return text;
}

// No name leads out of the folder.
bool is_plain(const std::string& name) {
    return !name.empty() && name.front() != '.' && !name.contains('/') && !name.contains('\0');
}

void check_names(const fs::path& file, const ArchiveManifest& manifest) {
    const std::vector<ArchivePart> no_parts;
    const auto check = [&file](const std::string& name) {
        if (!is_plain(name)) {
            throw damaged_archive(file, "names a file that is not in the archive");
        }
    };
    for (const ArchiveDatabase& database : manifest.databases) {
        for (const ArchiveTable& table : database.tables) {
            for (const ArchivePart& part : table.parts) {
                check(part.file);
            }
        }
    }
    for (const ArchiveFile& one : manifest.files) {
        check(one.name);
    }
    for (const ArchivePart& part : manifest.dead ? manifest.dead->parts : no_parts) {
        check(part.file);
    }
}

// Empty, or with nothing but what an export that did not come to its end has left.
bool may_begin(const fs::path& folder) {
    if (!fs::is_directory(folder) || fs::exists(folder / manifest_file)) {
        return false;
    }
    std::string said;
    std::getline(std::ifstream{folder / unfinished_file}, said);
    return said == unfinished_text ||
           std::ranges::all_of(
               fs::directory_iterator{folder}, [](const fs::directory_entry& entry) {
                   return entry.path().filename().string().starts_with(unfinished_file);
               });
}

// What says which form it has, whatever else there is.
struct FormOfArchive {
    std::string format;
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(FormOfArchive, (), (format, version))

}  // namespace

Failure damaged_archive(const fs::path& file, const std::string& why) {
    return Failure{Kind::invalid, "archive.damaged",
                   "The archive cannot be used: " + file.string() + " " + why +
                       ". Nothing of it was taken that differs. Export again, or take another copy "
                       "of the archive."};
}

std::vector<ArchiveStep> steps_of(const DatabaseNeed& need) {
    std::vector<ArchiveStep> steps;
    for (const Migration& step : need.schema) {
        steps.push_back({step.number, std::string{step.name}, std::int64_t{crc32c(step.sql)}});
    }
    return steps;
}

ArchiveManifest read_archive(const fs::path& folder) {
    const fs::path file = folder / manifest_file;
    if (!fs::exists(file)) {
        if (fs::exists(folder / unfinished_file)) {
            throw Failure{Kind::conflict, "archive.unfinished",
                          "The export into " + folder.string() +
                              " did not come to its end. Run `loquat export` again."};
        }
        throw Failure{Kind::not_found, "archive.none",
                      folder.string() +
                          " is no archive that `loquat export` has written: it has "
                          "no " +
                          manifest_file + "."};
    }
    const std::string text = read_all(file);
    if (read_all(folder / sum_file) != sum_line(text)) {
        throw damaged_archive(file, "does not fit " + std::string{sum_file});
    }
    try {
        const auto form = wire::decode<FormOfArchive>(wire::parse(text));
        if (form.format != format_name || form.version > version_known) {
            throw Failure{Kind::invalid, "archive.newer",
                          folder.string() + " has version " + std::to_string(form.version) +
                              " of the form of archives, and this program knows " +
                              std::to_string(version_known) + ". Use the newer program."};
        }
        auto manifest = wire::decode<ArchiveManifest>(wire::parse(text));
        check_names(file, manifest);
        return manifest;
    } catch (const Failure& failure) {
        if (failure.code.starts_with("archive.")) {
            throw;
        }
        throw damaged_archive(file, "cannot be read: " + failure.message);
    }
}

std::string read_archived(const fs::path& folder, const ArchivePart& part) {
    return read_checked(folder / part.file, part.bytes, part.sha256);
}

std::string read_archived(const fs::path& folder, const ArchiveFile& file) {
    return read_checked(folder / file.name, file.bytes, file.sha256);
}

void check_archive_target(const fs::path& folder) {
    if (fs::exists(folder) && !may_begin(folder)) {
        throw Failure{Kind::conflict, "export.target_exists",
                      "There is something at " + folder.string() +
                          " already. Give a name that is not taken, or an empty folder."};
    }
}

ArchiveWriter::ArchiveWriter(fs::path folder) : folder_(std::move(folder)) {
    check_archive_target(folder_);
    fs::create_directories(folder_);
    fs::permissions(folder_, fs::perms::owner_all);
    replace_file(folder_ / unfinished_file, std::string{unfinished_text} + "\n");
    for (const fs::directory_entry& entry : fs::directory_iterator{folder_}) {
        if (entry.path().filename() != unfinished_file) {
            remove_file(entry.path());
        }
    }
}

ArchivePart ArchiveWriter::write_part(const std::string& file, std::string_view text,
                                      std::int64_t rows) {
    replace_file(folder_ / file, text);
    return {.file = file,
            .rows = rows,
            .bytes = static_cast<std::int64_t>(text.size()),
            .sha256 = sum_of(text)};
}

ArchiveFile ArchiveWriter::write_file(const std::string& name, std::string_view text) {
    replace_file(folder_ / name, text);
    return {name, static_cast<std::int64_t>(text.size()), sum_of(text)};
}

void ArchiveWriter::finish(const ArchiveManifest& manifest) {
    ArchiveManifest whole = manifest;
    whole.format = format_name;
    whole.version = version_known;
    const std::string text = wire::encode(whole) + "\n";
    replace_file(folder_ / sum_file, sum_line(text));
    replace_file(folder_ / manifest_file, text);
    remove_file(folder_ / unfinished_file);
}

}  // namespace loquat::store
