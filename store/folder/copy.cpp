#include "store/folder/copy.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "base/failure.hpp"
#include "store/file/file.hpp"
#include "store/folder/folder.hpp"
#include "store/folder/numbered_files.hpp"
#include "store/folder/read_marks.hpp"
#include "store/folder/stamped_text.hpp"
#include "store/log/segments/load.hpp"
#include "store/sqlite/connection.hpp"

namespace loquat::store {
namespace {

namespace fs = std::filesystem;

// Stores before the log, so that none is ahead of it; conversations and people after it, so that
// what it speaks of is there.  The journal before the conversations: an answer that runs in them
// was not forgotten in it.
constexpr std::array order{"messages.db", "usage.db", "log", "chat-journal", "chat.db", "auth.db"};

void force(const fs::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool is_forced = file >= 0 && ::fsync(file) == 0;
    if (file >= 0) {
        ::close(file);
    }
    if (!is_forced) {
        throw Failure{Kind::unavailable, "data.unusable", path.string() + " cannot be written"};
    }
}

// The count of changes that the copy holds.
std::uint64_t copy_database(const fs::path& from, const fs::path& to) {
    {
        Connection connection{from, Access::read, 4};
        connection.execute("VACUUM INTO $1", {to.string()});
    }
    fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write);
    Connection copy{to, Access::read, 4};
    const Rows rows = copy.run_once("SELECT changes FROM folder_file");
    return static_cast<std::uint64_t>(rows.front().integer(0));
}

std::uint64_t copy_text(const fs::path& from, const fs::path& to) {
    std::ifstream in{from, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    replace_file(to, text);
    const auto read = read_stamped(text);
    return read ? read->changes : 0;
}

// Files that are only appended to: what is half written at their end was not acknowledged.  The
// names are taken first and in order, so that a file is there as far as the next one goes on.
void copy_tree(const fs::path& from, const fs::path& to) {
    fs::create_directory(to);
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::directory_iterator{from}) {
        files.push_back(entry.path());
    }
    std::ranges::sort(files);
    for (const fs::path& file : files) {
        std::error_code error;
        const fs::path made = to / file.filename();
        fs::copy_file(file, made, error);
        if (error == std::errc::no_such_file_or_directory) {
            continue;  // it was no longer needed
        }
        if (error) {
            throw Failure{Kind::unavailable, "data.unusable",
                          made.string() + " cannot be written: " + error.message()};
        }
        force(made);
    }
    sync_folder(to);
}

// What a log is written to while it is read may be torn in the middle, or be moved between its
// files: such a copy is made again.
void copy_log(const fs::path& source, const fs::path& target, Marks& marks) {
    constexpr int tries_max = 10;
    for (int tried = 1;; ++tried) {
        // Read before, so that the copy reaches at least as far.
        const auto acknowledged = acknowledged_topics(read_marks(source / "marks"));
        try {
            copy_tree(source / "log", target / "log");
            const LogContent copied =
                check_log({.folder = target / "log", .acknowledged = acknowledged});
            for (const auto& [name, topic] : copied.topics) {
                marks.get(topic_mark_name(name)).raise(topic.next - 1);
            }
            return;
        } catch (const Failure& failure) {
            if (failure.code != "store.damaged" || tried == tries_max) {
                throw;
            }
        }
        fs::remove_all(target / "log");
    }
}

int rank(const std::string& name) {
    return static_cast<int>(std::ranges::find(order, name) - order.begin());
}

void copy_all(const fs::path& source, const fs::path& target, const Manifest& manifest,
              const std::function<void(const std::string& name)>& told) {
    std::vector<ManifestFile> files = manifest.files;
    std::ranges::sort(files, {}, [](const ManifestFile& file) { return rank(file.name); });
    const Uuid folder = Uuid::parse(manifest.folder).value_or(Uuid{});
    Marks marks{target / "marks", folder};
    for (const ManifestFile& file : files) {
        if (!file.is_made || file.name == "marks") {
            continue;
        }
        told(file.name);
        const fs::path from = source / file.name;
        if (file.name == "log") {
            copy_log(source, target, marks);
        } else if (file.name == "chat-journal") {
            copy_numbered(source, target, files_stamp(marks, file.name, folder), file.name);
        } else if (from.extension() != ".db") {
            const std::uint64_t changes = copy_text(from, target / file.name);
            marks.get(file.name).raise(changes);
        } else {
            marks.get(file.name).raise(copy_database(from, target / file.name));
            force(target / file.name);
        }
    }
    for (const char* name : {"auth-keys.json", "internal.key"}) {
        if (fs::exists(source / name) && !fs::exists(target / name)) {
            fs::copy_file(source / name, target / name);
            force(target / name);
        }
    }
    const auto known = read_marks(source / "marks");
    for (const char* name : {highest_seq_name, seq_floor_name}) {
        if (const auto found = known.find(name); found != known.end()) {
            marks.get(name).raise(found->second);
        }
    }
    marks.end_cleanly();
    write_manifest(target, manifest);
}

}  // namespace

void copy_folder(const fs::path& source, const fs::path& target,
                 const std::function<void(const std::string& name)>& told) {
    if (fs::exists(fs::symlink_status(target))) {
        throw Failure{Kind::conflict, "backup.target_exists",
                      "There is something at " + target.string() +
                          " already. Give a name that is not taken."};
    }
    const std::optional<Manifest> manifest = find_manifest(source);
    if (!manifest) {
        throw Failure{Kind::not_found, "backup.no_folder",
                      source.string() +
                          " has no manifest. Give the data folder with --data; one of an older "
                          "version gets its manifest at the next `loquat up`."};
    }
    fs::create_directories(target);
    fs::permissions(target, fs::perms::owner_all);
    try {
        copy_all(source, target, *manifest, told);
        sync_folder(fs::absolute(target).parent_path());
    } catch (...) {
        std::error_code ignored;
        fs::remove_all(target, ignored);
        throw;
    }
}

}  // namespace loquat::store
