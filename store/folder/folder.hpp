#pragma once
#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/failure.hpp"
#include "base/ids.hpp"
#include "store/folder/data_folder.hpp"
#include "store/folder/manifest.hpp"
#include "store/folder/marks.hpp"
#include "store/folder/stamp.hpp"

namespace loquat::store {

// A data folder that knows itself: which files belong into it (`manifest`) and how far each was
// acknowledged (`marks`).  Held alone for as long as this lives.  Destroy it after everything that
// uses its files: it writes down then that all was closed.
//
// A folder that has neither is new, or of a version that wrote none; what is in it then is taken in
// as it is.  Call from any thread.
class Folder {
  public:
    // Fails as DataFolder; with `folder.damaged`, `folder.newer`; with `folder.missing_file` for
    // the first file that should be there and is not; with `folder.incomplete` when files of an
    // older version do not make a whole.
    explicit Folder(std::filesystem::path path, FileCalls& calls = FileCalls::system());
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    const std::filesystem::path& path() const { return lock_.path(); }
    const Manifest& manifest() const { return manifest_; }
    LastEnd last_end() const { return marks_->last_end(); }

    // Before a database is opened: writes down that it belongs here.  `folder.stray_file` when it
    // is there and nothing says so.
    FileStamp stamp(std::string_view name);
    // The same of a small file (store/folder/stamped_text.hpp).  One that a version before left,
    // and that is not listed, is taken in.
    FileStamp stamp_text(std::string_view name);
    // Of a folder of numbered files.
    FilesStamp stamp_files(std::string_view name);
    // Before and after a file is opened that makes an identity by itself.  `folder.foreign_file`
    // when it is not the one that was made here.
    void expect(std::string_view name);
    void confirm(std::string_view name, Uuid id);
    // After all stores are open: what was expected is there now.  Durable on return.
    void settle();

    // Files may hold more than was acknowledged: the end is none that `clean` can be said of.
    void end_in_doubt() { is_in_doubt_ = true; }

    // What is wrong with the marks now.  Any thread, never waits for the disk.
    std::optional<std::string> trouble() const;

    // How far a topic of the log was acknowledged.
    Mark& topic_mark(std::string_view topic);
    std::map<std::string, std::uint64_t> acknowledged() const;

    SeqMarks seq_marks();

    // The first administrator of this folder, whatever becomes of the accounts' file.
    bool administrator_claimed() const;
    void claim_administrator(std::string_view who);

  private:
    FileStamp stamp_of(const ManifestFile& file);
    ManifestFile* find(std::string_view name);
    ManifestFile& add(std::string_view name, std::string id);
    void adopt();
    void check_present() const;
    void write();

    DataFolder lock_;
    mutable std::mutex mutex_;
    Manifest manifest_;
    Uuid id_;
    std::unique_ptr<Marks> marks_;
    bool is_settled_ = false;
    std::atomic<bool> is_in_doubt_ = false;
};

std::string topic_mark_name(std::string_view topic);
// Of all marks, as Marks::list gives them, those of topics.
std::map<std::string, std::uint64_t> acknowledged_topics(
    const std::map<std::string, std::uint64_t>& marks);

Failure missing_file(const std::filesystem::path& file);
Failure foreign_to_folder(const std::filesystem::path& file);
Failure older_file(const std::filesystem::path& file, std::uint64_t found, std::uint64_t wanted);
Failure newer_file(const std::filesystem::path& file, std::uint64_t found, std::uint64_t wanted);

// Whether a file's own count of changes can be the one that was left here.  `Loss::allowed` for
// files that may lose their last moments with the power and are made whole from another one.
enum class Loss { never, with_power };
std::optional<Failure> judge(const std::filesystem::path& file, const FileStamp& stamp,
                             std::uint64_t changes, Loss loss);

}  // namespace loquat::store
