#include "store/folder/folder.hpp"

#include <algorithm>
#include <array>

#include "base/log.hpp"
#include "store/folder/numbered_files.hpp"

namespace loquat::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view marks_name = "marks";
constexpr std::string_view topic_prefix = "topic:";

// What versions without a manifest kept in one process.
constexpr std::array adopted{"auth.db", "chat.db", "messages.db", "usage.db"};

const std::string repair =
    "Put it back from a copy of this folder, or see what `loquat doctor --repair` offers.";

// What a folder can go on without is offered; the messages are not.
const std::string& mend_of(const fs::path& file) {
    static const std::string whole =
        "Put back all files of one copy of this folder, which alone gives back the messages, or "
        "see "
        "what `loquat doctor --repair` offers.";
    return file.filename() == "messages.db" ? whole : repair;
}

bool is_there(const fs::path& file) {
    std::error_code error;
    return fs::exists(file, error);
}

Failure incomplete(const fs::path& file, std::string_view beside) {
    return Failure{Kind::unavailable, "folder.incomplete",
                   "The data folder has " + std::string{beside} + " and no " + file.string() +
                       ": what was in it is lost. " + repair};
}

}  // namespace

Failure missing_file(const fs::path& file) {
    return Failure{Kind::unavailable, "folder.missing_file",
                   "The file " + file.string() +
                       " belongs into this data folder and is missing: starting would lose what it "
                       "holds. " +
                       mend_of(file)};
}

Failure foreign_to_folder(const fs::path& file) {
    return Failure{Kind::unavailable, "folder.foreign_file",
                   "The file " + file.string() +
                       " is not the one that was made in this data folder: it belongs to another. "
                       "It was left as it is. " +
                       mend_of(file)};
}

Failure older_file(const fs::path& file, std::uint64_t found, std::uint64_t wanted) {
    return Failure{Kind::unavailable, "folder.older_file",
                   "The file " + file.string() + " ends before what was acknowledged (change " +
                       std::to_string(found) + " of " + std::to_string(wanted) +
                       "): it is an older copy, was cut, or is damaged. It was left as it is. " +
                       mend_of(file)};
}

Failure newer_file(const fs::path& file, std::uint64_t found, std::uint64_t wanted) {
    return Failure{Kind::unavailable, "folder.newer_file",
                   "The file " + file.string() + " is newer than this data folder (change " +
                       std::to_string(found) + ", known are " + std::to_string(wanted) +
                       "): the other files are of an older copy. It was left as it is. " +
                       "Put back all files of one copy, or see what `loquat doctor --repair` "
                       "offers."};
}

std::string topic_mark_name(std::string_view topic) {
    return std::string{topic_prefix} + std::string{topic};
}

std::map<std::string, std::uint64_t> acknowledged_topics(
    const std::map<std::string, std::uint64_t>& marks) {
    std::map<std::string, std::uint64_t> topics;
    for (const auto& [name, value] : marks) {
        if (name.starts_with(topic_prefix)) {
            topics[name.substr(topic_prefix.size())] = value;
        }
    }
    return topics;
}

std::optional<Failure> judge(const fs::path& file, const FileStamp& stamp, std::uint64_t changes,
                             Loss loss) {
    const std::uint64_t wanted = stamp.mark->value();
    const bool may_lag = stamp.last_end == LastEnd::machine;
    if (changes < wanted && !(may_lag && loss == Loss::with_power)) {
        return older_file(file, changes, wanted);
    }
    // The process may have died between a commit and its mark.
    const std::uint64_t ahead_max = stamp.last_end == LastEnd::clean ? 0 : 1;
    if (changes > wanted + ahead_max && !may_lag && stamp.is_made) {
        return newer_file(file, changes, wanted);
    }
    return std::nullopt;
}

Folder::Folder(fs::path path, FileCalls& calls) : lock_(std::move(path)) {
    std::optional<Manifest> found = find_manifest(this->path());
    if (found) {
        manifest_ = std::move(*found);
    } else {
        adopt();
    }
    const auto id = Uuid::parse(manifest_.folder);
    if (!id) {
        throw Failure{Kind::unavailable, "folder.damaged",
                      "The manifest of " + this->path().string() + " names no folder."};
    }
    id_ = *id;
    if (found) {
        check_present();
    }
    marks_ = std::make_unique<Marks>(this->path() / marks_name, id_, calls);
    if (this->find(marks_name) == nullptr) {
        add(marks_name, {}).is_made = true;
        write();
    }
}

Folder::~Folder() {
    if (is_in_doubt_) {
        return;  // as if the process had died
    }
    try {
        is_settled_ ? marks_->end_cleanly() : marks_->end_as_found();
    } catch (const Failure& failure) {
        log_warn({.service = "platform"}, "the end could not be written down",
                 {{"problem", failure.message}});
    }
}

void Folder::adopt() {
    manifest_.folder = Uuid::make().to_string();
    // The log's file became a folder.
    const auto has = [&](std::string_view name) {
        return is_there(path() / name) || (name == "log.db" && is_there(path() / "log"));
    };
    // These are of one process and of no use without each other.
    constexpr std::array together{"chat.db", "messages.db", "log.db"};
    const auto first = std::ranges::find_if(together, has);
    for (const char* name : together) {
        if (first != together.end() && !has(name)) {
            throw incomplete(path() / name, *first);
        }
    }
    // Who comes first to a folder that has conversations is not its first person.
    manifest_.administrator_claimed = first != together.end() && !has("auth.db");
    if (is_there(path() / marks_name)) {
        throw missing_file(path() / manifest_name);
    }
    for (const char* name : adopted) {
        if (has(name)) {
            add(name, Uuid::make().to_string());
        }
    }
    write_manifest(path(), manifest_);
}

void Folder::check_present() const {
    for (const ManifestFile& file : manifest_.files) {
        if (file.is_made && !is_there(path() / file.name)) {
            throw missing_file(path() / file.name);
        }
    }
}

ManifestFile* Folder::find(std::string_view name) {
    const auto found = std::ranges::find(manifest_.files, name, &ManifestFile::name);
    return found == manifest_.files.end() ? nullptr : &*found;
}

ManifestFile& Folder::add(std::string_view name, std::string id) {
    return manifest_.files.emplace_back(
        ManifestFile{.name = std::string{name}, .id = std::move(id), .is_made = false});
}

void Folder::write() { write_manifest(path(), manifest_); }

FileStamp Folder::stamp(std::string_view name) {
    const std::lock_guard lock{mutex_};
    ManifestFile* file = find(name);
    if (file == nullptr) {
        if (is_there(path() / name)) {
            throw Failure{Kind::unavailable, "folder.stray_file",
                          "The file " + (path() / name).string() +
                              " is there, but the manifest of this data folder does not know it: "
                              "the file is foreign, or the manifest is of an older copy. " +
                              repair};
        }
        file = &add(name, Uuid::make().to_string());
        write();
    }
    FileStamp stamp = stamp_of(*file);
    stamp.folded = &marks_->get(folded_name(name));
    return stamp;
}

FileStamp Folder::stamp_of(const ManifestFile& file) {
    return {.folder = id_,
            .file = Uuid::parse(file.id).value_or(Uuid{}),
            .is_made = file.is_made,
            .last_end = marks_->last_end(),
            .mark = &marks_->get(file.name)};
}

FileStamp Folder::stamp_text(std::string_view name) {
    const std::lock_guard lock{mutex_};
    ManifestFile* file = find(name);
    if (file == nullptr) {
        file = &add(name, {});
        write();
    }
    return stamp_of(*file);
}

FilesStamp Folder::stamp_files(std::string_view name) {
    expect(name);
    return files_stamp(*marks_, name, id_);
}

void Folder::expect(std::string_view name) {
    const std::lock_guard lock{mutex_};
    if (find(name) == nullptr) {
        add(name, {});
        write();
    }
}

void Folder::confirm(std::string_view name, Uuid id) {
    const std::lock_guard lock{mutex_};
    ManifestFile* file = find(name);
    if (file->is_made && file->id != id.to_string()) {
        throw foreign_to_folder(path() / name);
    }
    file->id = id.to_string();
}

void Folder::settle() {
    const std::lock_guard lock{mutex_};
    is_settled_ = true;
    marks_->begin();
    bool is_changed = false;
    for (ManifestFile& file : manifest_.files) {
        if (!file.is_made && is_there(path() / file.name)) {
            file.is_made = is_changed = true;
        }
    }
    if (is_changed) {
        write();
    }
}

std::optional<std::string> Folder::trouble() const {
    return marks_->are_behind()
               ? std::optional{(path() / marks_name).string() + " cannot be written"}
               : std::nullopt;
}

SeqMarks Folder::seq_marks() {
    return {&marks_->get(highest_seq_name), &marks_->get(seq_floor_name)};
}

Mark& Folder::topic_mark(std::string_view topic) { return marks_->get(topic_mark_name(topic)); }

std::map<std::string, std::uint64_t> Folder::acknowledged() const {
    return acknowledged_topics(marks_->list());
}

bool Folder::administrator_claimed() const {
    const std::lock_guard lock{mutex_};
    return manifest_.administrator_claimed;
}

void Folder::claim_administrator(std::string_view who) {
    const std::lock_guard lock{mutex_};
    if (manifest_.administrator_claimed) {
        return;
    }
    manifest_.administrator_claimed = true;
    manifest_.administrator = who;
    write();
}

}  // namespace loquat::store
