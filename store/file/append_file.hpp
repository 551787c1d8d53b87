#pragma once
#include <functional>
#include <span>

#include "store/file/frame.hpp"

namespace loquat::store {

// Records one after the other in a file, each in a frame (store/file/frame.hpp).  They survive the
// process as soon as `append` returns, and a loss of power only after `sync`.  All blocks; one
// thread at a time.  Fails as File does, and with `store.damaged`.
class AppendFile {
  public:
    // Makes the file when it is missing.  Gives what is in it to `on_record`, in order; the views
    // end with the call.  A last record that was never finished is cut off.  A bad record with good
    // ones behind it, or a file that is not one of these, is `store.damaged`, and nothing is
    // changed.
    AppendFile(std::filesystem::path path, const std::function<void(std::string_view)>& on_record,
               FileCalls& calls = FileCalls::system());

    // With one write.  On failure none of them is in the file.
    void append(std::span<const std::string_view> records);

    void sync() { file_.sync(); }

    // In bytes, frames included.
    std::uint64_t size() const { return end_; }

  private:
    File file_;
    std::uint32_t seed_ = 0;
    std::uint64_t end_ = 0;
    std::string buffer_;
};

// What such a file holds.
struct AppendFileState {
    bool is_named = false;    // its first frame is as it was written
    std::uint64_t end = 0;    // behind the last record that has only good ones before it
    std::uint64_t bytes = 0;  // of the file
    bool has_more = false;    // good records behind bad ones
};

// Reads it and changes nothing.  `on_record` also gets the place behind the record.
AppendFileState examine_append_file(
    const std::filesystem::path& path,
    const std::function<void(std::string_view record, std::uint64_t end)>& on_record);

}  // namespace loquat::store
