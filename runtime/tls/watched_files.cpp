#include "runtime/tls/watched_files.hpp"

#include <utility>

namespace loquat::runtime {

WatchedFiles::WatchedFiles(std::vector<std::string> names)
    : names_(std::move(names)), stamps_(stamps()) {}

WatchedFiles::Stamps WatchedFiles::stamps() const {
    Stamps found;
    for (const std::string& name : names_) {
        std::error_code ignored;
        found.push_back(name.empty() ? std::filesystem::file_time_type{}
                                     : std::filesystem::last_write_time(name, ignored));
    }
    return found;
}

bool WatchedFiles::have_changed() const {
    const Stamps now = stamps();
    const std::lock_guard lock{mutex_};
    return now != stamps_ || is_suspect_ || !refused_.empty();
}

bool WatchedFiles::is_refusing() const {
    const std::lock_guard lock{mutex_};
    return !refused_.empty();
}

WatchedFiles::Outcome WatchedFiles::take(Word word, const std::function<void()>& load) {
    const Stamps now = stamps();
    try {
        load();
        const std::lock_guard lock{mutex_};
        const bool is_new = now != stamps_ || !refused_.empty();
        is_suspect_ = false;
        refused_.clear();
        stamps_ = now;
        return {is_new ? Verdict::taken : Verdict::same, std::nullopt};
    } catch (const Failure& failure) {
        const std::lock_guard lock{mutex_};
        const bool is_second = std::exchange(is_suspect_, true) && now == stamps_;
        stamps_ = now;
        const bool is_known = refused_ == failure.message;
        if (word == Word::early && (!is_second || is_known)) {
            return {Verdict::waits, std::nullopt};
        }
        is_suspect_ = false;
        refused_ = failure.message;
        return {Verdict::refused, failure};
    }
}

}  // namespace loquat::runtime
