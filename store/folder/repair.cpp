#include "store/folder/repair.hpp"

#include <array>
#include <fstream>
#include <memory>

#include "store/file/file.hpp"
#include "store/folder/folder.hpp"
#include "store/folder/numbered_files.hpp"
#include "store/folder/stamped_text.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/open.hpp"

namespace loquat::store {
namespace {

namespace fs = std::filesystem;

constexpr std::array databases{"auth.db", "chat.db", "messages.db", "usage.db", "cart.db", "session.db"};

struct Found {
    Uuid folder;
    Uuid file;
    std::uint64_t changes = 0;
};

std::optional<Found> read_stamp(const fs::path& file) {
    try {
        Connection connection{file, Access::read, 4};
        const Rows rows = connection.run_once("SELECT folder, file, changes FROM folder_file");
        const Row row = rows.front();
        return Found{row.uuid(0), row.uuid(1), static_cast<std::uint64_t>(row.integer(2))};
    } catch (const Failure&) {
        return std::nullopt;
    }
}

class Repair {
  public:
    using Confirm = std::function<bool(const std::string& offer)>;

    Repair(const fs::path& path, const Confirm& confirm)
        : lock_(path), path_(path), confirm_(confirm) {}

    int run(LogRepair log) {
        if (!has_manifest() || !open_marks()) {
            return done_;
        }
        for (ManifestFile& file : manifest_.files) {
            if (file.is_made && fs::path{file.name}.extension() == ".db") {
                mend_database(file);
            } else if (file.is_made && file.name == "log") {
                mend_log(file, log);
            } else if (file.is_made && file.name == "chat-journal") {
                mend_journal(file);
            } else if (file.is_made && file.name != "marks") {
                mend_text(file);
            }
        }
        write_manifest(path_, manifest_);
        marks_->end_as_found();
        return done_;
    }

  private:
    bool agree(const std::string& offer) {
        const bool is_wanted = confirm_(offer);
        done_ += is_wanted ? 1 : 0;
        return is_wanted;
    }

    void set_aside(const std::string& name) {
        const std::string suffix = ".aside-" + Uuid::make().to_string();
        for (const std::string part : {"", "-wal", "-shm"}) {
            std::error_code error;
            fs::rename(path_ / (name + part), path_ / (name + part + suffix), error);
            if (error && error != std::errc::no_such_file_or_directory) {
                throw Failure{
                    Kind::unavailable, "data.unusable",
                    (path_ / (name + part)).string() + " cannot be set aside: " + error.message()};
            }
        }
        sync_folder(path_);
    }

    bool has_manifest() {
        try {
            if (auto found = find_manifest(path_)) {
                manifest_ = std::move(*found);
                return true;
            }
        } catch (const Failure& failure) {
            if (failure.code != "folder.damaged") {
                throw;
            }
        }
        return remake_manifest();
    }

    // Each database says by itself where it belongs.
    bool remake_manifest() {
        std::optional<Uuid> folder;
        for (const char* name : databases) {
            const auto stamp = fs::exists(path_ / name) ? read_stamp(path_ / name) : std::nullopt;
            if (!stamp || (folder && *folder != stamp->folder)) {
                continue;
            }
            folder = stamp->folder;
            manifest_.files.push_back({name, stamp->file.to_string(), true});
        }
        if (!folder || !agree("Make the manifest anew from what the databases say of themselves. "
                              "Nobody becomes administrator by being the first to register.")) {
            return false;
        }
        manifest_.folder = folder->to_string();
        manifest_.administrator_claimed = true;
        for (const char* name : {"log", "chat-journal"}) {
            manifest_.files.push_back({name, {}, false});
        }
        set_aside("manifest");
        write_manifest(path_, manifest_);
        return true;
    }

    bool open_marks() {
        const Uuid folder = Uuid::parse(manifest_.folder).value_or(Uuid{});
        try {
            if (fs::exists(path_ / "marks")) {
                marks_ = std::make_unique<Marks>(path_ / "marks", folder);
                return true;
            }
        } catch (const Failure& failure) {
            if (failure.code != "folder.damaged") {
                throw;
            }
        }
        if (!agree("Make the marks anew from the files that are there: that one of them is older "
                   "than it should be is not noticed this time.")) {
            return false;
        }
        set_aside("marks");
        marks_ = std::make_unique<Marks>(path_ / "marks", folder);
        for (const ManifestFile& file : manifest_.files) {
            if (const auto stamp = read_stamp(path_ / file.name)) {
                marks_->get(file.name).raise(stamp->changes);
            }
        }
        return true;
    }

    void clear_marks(const std::string& database) {
        marks_->clear(database);
        marks_->clear(folded_name(database));
    }

    void forget(ManifestFile& file, std::string id) {
        file.is_made = false;
        file.id = std::move(id);
    }

    // All numbers that were given are known, or the file gives none.
    // A version before marked none; they are marked when the first message is stored after it.
    bool may_go_without(const ManifestFile& file) {
        return file.name != "messages.db" || marks_->get(highest_seq_name).value() > 0;
    }

    // What the marks may lack after a loss of power.
    std::uint64_t floor() {
        const std::uint64_t lag = marks_->last_end() == LastEnd::machine ? 10'000'000 : 0;
        return marks_->get(highest_seq_name).value() + lag;
    }

    std::string numbers_of(const ManifestFile& file) {
        return file.name == "messages.db"
                   ? "; in every conversation numbers go on after " + std::to_string(floor()) +
                         ", so that none is given twice."
                   : ".";
    }

    std::string offer_of(const ManifestFile& file) {
        return file.name + ": what it held is lost" + numbers_of(file);
    }

    void raise_floor(const ManifestFile& file) {
        if (file.name == "messages.db") {
            marks_->get(seq_floor_name).raise(floor());
        }
    }

    void mend_database(ManifestFile& file) {
        const fs::path place = path_ / file.name;
        const bool is_messages = file.name == "messages.db";
        if (!fs::exists(place)) {
            if (may_go_without(file) && agree("Go on without " + offer_of(file))) {
                raise_floor(file);
                forget(file, Uuid::make().to_string());
                clear_marks(file.name);
            }
            return;
        }
        const FileStamp stamp{.folder = Uuid::parse(manifest_.folder).value_or(Uuid{}),
                              .file = Uuid::parse(file.id).value_or(Uuid{}),
                              .is_made = true,
                              .last_end = marks_->last_end(),
                              .mark = &marks_->get(file.name),
                              .folded = &marks_->get(folded_name(file.name))};
        const bool is_rebuilt = is_messages || file.name == "usage.db";
        const auto wrong =
            examine({.file = place,
                     .durability = is_rebuilt ? Durability::crash : Durability::power_loss,
                     .stamp = stamp});
        const auto found = wrong ? read_stamp(place) : std::nullopt;
        const bool is_useless =
            wrong && (wrong->code == "store.damaged" || wrong->code == "store.foreign_file" ||
                      wrong->code == "folder.foreign_file");
        if (is_useless && may_go_without(file) &&
            agree("Set it aside and go on without " + offer_of(file))) {
            raise_floor(file);
            set_aside(file.name);
            forget(file, Uuid::make().to_string());
            clear_marks(file.name);
            return;
        }
        const bool is_newer = wrong && wrong->code == "folder.newer_file";
        const bool is_older = wrong && wrong->code == "folder.older_file" && may_go_without(file);
        const std::string lost = ": what was acknowledged after it is lost" + numbers_of(file);
        if (found && (is_newer || is_older) &&
            agree("Take " + file.name + " as it is" + (is_older ? lost : std::string{"."}))) {
            if (is_older) {
                raise_floor(file);
            }
            clear_marks(file.name);
            marks_->get(file.name).raise(found->changes);
        }
    }

    // Keys: another one may have been put there on purpose.
    void mend_text(ManifestFile& file) {
        const fs::path place = path_ / file.name;
        const bool is_key = file.name == "internal.key";
        Mark& mark = marks_->get(file.name);
        const FileStamp stamp{.folder = Uuid::parse(manifest_.folder).value_or(Uuid{}),
                              .is_made = true,
                              .last_end = marks_->last_end(),
                              .mark = &mark};
        std::ifstream in{place, std::ios::binary};
        const std::string text{std::istreambuf_iterator<char>{in}, {}};
        const auto read = in ? read_stamped(text) : std::nullopt;
        if (in && !check_stamped(place, text, stamp)) {
            return;
        }
        if (read && !read->body.empty() && agree("Take " + file.name + " as it is.")) {
            const std::string body{read->body};
            set_aside(file.name);
            replace_file(place, with_stamp(body, stamp.folder, mark.value() + 1));
            mark.raise(mark.value() + 1);
            return;
        }
        if (agree("Make " + file.name + " anew: " +
                  (is_key ? "other processes of this platform must be given it too."
                          : "everybody signs in again."))) {
            set_aside(file.name);
            forget(file, {});
        }
    }

    void mend_log(ManifestFile& file, LogRepair log) {
        if (fs::exists(path_ / file.name) && log != LogRepair::renew) {
            return;
        }
        if (!agree("Begin a new log under another identity: what was acknowledged and is not "
                   "stored yet is lost; sequence numbers go on after the stored ones.")) {
            return;
        }
        set_aside(file.name);
        forget(file, {});
        for (const auto& [name, value] : marks_->list()) {
            if (name.starts_with("topic:")) {
                marks_->clear(name);
            }
        }
    }

    void mend_journal(ManifestFile& file) {
        const bool is_there = fs::exists(path_ / file.name);
        const FilesStamp stamp =
            files_stamp(*marks_, file.name, Uuid::parse(manifest_.folder).value_or(Uuid{}));
        if (is_there && examine_numbered(path_ / file.name, stamp).wrong.empty()) {
            return;
        }
        if (!agree((is_there ? "Set aside and go on without " : "Go on without ") + file.name +
                   ": the text so far of answers that ran is lost; they end as failed.")) {
            return;
        }
        set_aside(file.name);
        forget(file, {});
        forget_files(stamp);
    }

    DataFolder lock_;
    fs::path path_;
    const Confirm& confirm_;
    Manifest manifest_;
    std::unique_ptr<Marks> marks_;
    int done_ = 0;
};

}  // namespace

int repair_folder(const fs::path& path, LogRepair log,
                  const std::function<bool(const std::string& offer)>& confirm) {
    return Repair{path, confirm}.run(log);
}

}  // namespace loquat::store
