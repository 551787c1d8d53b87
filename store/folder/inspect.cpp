#include "store/folder/inspect.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "store/folder/folder.hpp"
#include "store/folder/numbered_files.hpp"
#include "store/folder/stamped_text.hpp"
#include "store/log/segments/load.hpp"
#include "store/sqlite/open.hpp"
#include "store/sqlite/page_sums.hpp"

namespace loquat::store {
namespace {

namespace fs = std::filesystem;

void inspect_files(const fs::path& path, const Manifest& manifest, Marks& marks,
                   std::vector<Failure>& found) {
    const Uuid folder = Uuid::parse(manifest.folder).value_or(Uuid{});
    for (const ManifestFile& entry : manifest.files) {
        const fs::path file = path / entry.name;
        std::error_code ignored;
        if (!fs::is_regular_file(file, ignored) || entry.name == "marks") {
            continue;
        }
        FileStamp stamp{.folder = folder,
                        .file = Uuid::parse(entry.id).value_or(Uuid{}),
                        .is_made = entry.is_made,
                        .last_end = marks.last_end(),
                        .mark = &marks.get(entry.name)};
        if (file.extension() != ".db") {
            std::ifstream in{file, std::ios::binary};
            const std::string text{std::istreambuf_iterator<char>{in}, {}};
            if (auto wrong = check_stamped(file, text, stamp)) {
                found.push_back(std::move(*wrong));
            }
            continue;
        }
        stamp.folded = &marks.get(folded_name(entry.name));
        // What may be lost with the power is told when it is opened.
        const bool is_rebuilt = entry.name == "messages.db" || entry.name == "usage.db";
        const Durability durability = is_rebuilt ? Durability::crash : Durability::power_loss;
        if (auto wrong = examine({.file = file, .durability = durability, .stamp = stamp})) {
            found.push_back(std::move(*wrong));
        }
    }
}

void inspect_log(const fs::path& path, const Marks& marks, std::vector<Failure>& found) {
    const fs::path folder = path / "log";
    std::error_code ignored;
    if (!fs::exists(folder, ignored)) {
        return;
    }
    try {
        check_log({.folder = folder,
                   .acknowledged = acknowledged_topics(marks.list()),
                   .is_all_acknowledged = marks.last_end() == LastEnd::clean});
    } catch (const Failure& failure) {
        found.push_back(failure);
    }
}

void inspect_journal(const fs::path& path, const Manifest& manifest, Marks& marks,
                     std::vector<Failure>& found) {
    const Uuid folder = Uuid::parse(manifest.folder).value_or(Uuid{});
    auto wrong =
        examine_numbered(path / "chat-journal", files_stamp(marks, "chat-journal", folder)).wrong;
    std::ranges::move(wrong, std::back_inserter(found));
}

}  // namespace

std::vector<Failure> inspect_folder(const fs::path& path) {
    const DataFolder lock{path};
    std::vector<Failure> found;
    try {
        const std::optional<Manifest> manifest = find_manifest(path);
        if (!manifest) {
            return found;
        }
        bool has_marks = true;
        for (const ManifestFile& entry : manifest->files) {
            std::error_code ignored;
            if (entry.is_made && !fs::exists(path / entry.name, ignored)) {
                found.push_back(missing_file(path / entry.name));
                has_marks = has_marks && entry.name != "marks";
            }
        }
        if (has_marks) {
            Marks marks{path / "marks", Uuid::parse(manifest->folder).value_or(Uuid{})};
            inspect_files(path, *manifest, marks, found);
            inspect_log(path, marks, found);
            inspect_journal(path, *manifest, marks, found);
            marks.end_as_found();
        }
    } catch (const Failure& failure) {
        found.push_back(failure);
    }
    return found;
}

std::vector<fs::path> list_unchecked(const fs::path& path) {
    std::vector<fs::path> unchecked;
    for (const char* name : {"auth.db", "chat.db", "messages.db", "usage.db", "cart.db", "session.db"}) {
        std::error_code error;
        const auto bytes = fs::file_size(path / name, error);
        if (!error && bytes > 0 && !has_page_sums(path / name)) {
            unchecked.push_back(path / name);
        }
    }
    return unchecked;
}

}  // namespace loquat::store
