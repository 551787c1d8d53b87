#include "services/config/adapters/folder_watch.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "base/check.hpp"

namespace loquat::config {
namespace {

namespace fs = std::filesystem;

constexpr int quiet_ms = 10;
constexpr int pauses_max = 10;
constexpr int blind_ms = 1'000;
constexpr std::size_t folders_max = 5'000;
constexpr std::uint32_t wanted = IN_CLOSE_WRITE | IN_MODIFY | IN_CREATE | IN_DELETE |
                                 IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF |
                                 IN_ATTRIB;

}  // namespace

FolderWatch::FolderWatch(fs::path root, std::function<void()> on_change)
    : root_(std::move(root)),
      on_change_(std::move(on_change)),
      inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)),
      wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (wake_ < 0) {
        throw std::system_error{errno, std::generic_category(), "eventfd"};
    }
    is_blind_ = inotify_ < 0;
    watch_all();
    thread_ = std::jthread{[this] { run(); }};
}

FolderWatch::~FolderWatch() {
    stops_ = true;
    nudge();
    thread_.join();
    if (inotify_ >= 0) {
        ::close(inotify_);
    }
    ::close(wake_);
}

void FolderWatch::nudge() const {
    const std::uint64_t one = 1;
    const ssize_t written = ::write(wake_, &one, sizeof one);
    LOQUAT_CHECK(written == sizeof one, "a thread can be woken");
}

std::uint64_t FolderWatch::changes() {
    if (drain()) {
        nudge();  // the event that would have woken the thread is gone
    }
    return changes_;
}

void FolderWatch::watch_all() {
    if (inotify_ < 0) {
        return;
    }
    std::error_code error;
    std::size_t folders = 1;
    bool is_good = ::inotify_add_watch(inotify_, root_.c_str(), wanted) >= 0;
    auto walk = fs::recursive_directory_iterator{root_, error};
    for (auto entry = fs::begin(walk); !error && entry != fs::end(walk); entry.increment(error)) {
        std::error_code gone;
        if (!entry->is_directory(gone) || entry->is_symlink(gone)) {
            continue;
        }
        if (entry->path().filename().string().starts_with(".git") || ++folders > folders_max) {
            entry.disable_recursion_pending();
            continue;
        }
        is_good = ::inotify_add_watch(inotify_, entry->path().c_str(), wanted) >= 0 && is_good;
    }
    is_blind_ = !is_good || folders > folders_max;
}

bool FolderWatch::drain() {
    if (inotify_ < 0) {
        return false;
    }
    const std::lock_guard lock{mutex_};
    alignas(inotify_event) std::array<char, 4'096> events{};
    bool is_any = false;
    while (::read(inotify_, events.data(), events.size()) > 0) {
        is_any = true;
    }
    if (is_any) {
        ++changes_;
    }
    return is_any;
}

bool FolderWatch::wait(int ms_max) {
    std::array<pollfd, 2> waits{pollfd{.fd = wake_, .events = POLLIN},
                                pollfd{.fd = inotify_, .events = POLLIN}};
    ::poll(waits.data(), waits.size(), ms_max);
    std::uint64_t nudges = 0;
    [[maybe_unused]] const ssize_t taken = ::read(wake_, &nudges, sizeof nudges);
    return !stops_;
}

void FolderWatch::run() {
    std::uint64_t told = changes_;
    while (wait(is_blind_ ? blind_ms : -1)) {
        for (int pauses = 0; drain() && pauses < pauses_max; ++pauses) {
            std::array<pollfd, 1> stop{pollfd{.fd = wake_, .events = POLLIN}};
            ::poll(stop.data(), stop.size(), quiet_ms);
        }
        if (is_blind_) {
            ++changes_;
        }
        if (const std::uint64_t now = changes_; now != told && !stops_) {
            told = now;
            on_change_();
        }
    }
}

}  // namespace loquat::config
