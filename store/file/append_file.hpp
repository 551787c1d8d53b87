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

}  // namespace loquat::store
