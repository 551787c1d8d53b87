#pragma once
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/failure.hpp"

namespace loquat::runtime {

// Files that are read once more when they change: a certificate and its key.  One of them is
// replaced before the other, so what cannot be used is looked at a second time before it is
// refused.  Any thread; reads the times of the files, and more only through `load`.
class WatchedFiles {
  public:
    static constexpr std::chrono::seconds look_pause{2};

    // Empty names are left out.
    explicit WatchedFiles(std::vector<std::string> names);

    // Whether there is anything to take: they have changed, or could not be used the last time.
    bool have_changed() const;
    bool is_refusing() const;

    enum class Word : std::uint8_t {
        early,  // of who looks often: files of which one half is new are not judged yet
        last,
    };
    enum class Verdict : std::uint8_t { same, taken, waits, refused };
    struct Outcome {
        Verdict verdict;
        std::optional<Failure> why;  // they are refused; said once, until the reason is another
    };
    // `load` takes what the files have, or throws Failure and changes nothing.
    Outcome take(Word word, const std::function<void()>& load);

  private:
    using Stamps = std::vector<std::filesystem::file_time_type>;
    Stamps stamps() const;

    const std::vector<std::string> names_;
    mutable std::mutex mutex_;
    Stamps stamps_;
    bool is_suspect_ = false;
    std::string refused_;  // why the files on disk are not taken
};

}  // namespace loquat::runtime
