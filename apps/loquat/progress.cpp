#include "apps/loquat/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

namespace loquat::app {

Progress::Progress(std::string what, std::size_t total)
    : what_(std::move(what)),
      total_(total),
      is_terminal_(::isatty(STDERR_FILENO) == 1),
      began_(std::chrono::steady_clock::now()),
      drawn_(began_) {}

void Progress::add(std::size_t count) {
    done_ += count;
    const auto now = std::chrono::steady_clock::now();
    if (is_terminal_ && now - drawn_ > std::chrono::milliseconds{100}) {
        drawn_ = now;
        draw();
    }
    const std::size_t percent = total_ == 0 ? 0 : done_ * 100 / total_;
    if (!is_terminal_ && percent >= shown_percent_ + 10) {
        shown_percent_ = percent;
        draw();
    }
}

void Progress::draw() {
    constexpr std::size_t width = 28;
    if (total_ == 0) {
        fmt::print(stderr, "\r{} {} ", what_, done_);
        return;
    }
    const std::size_t filled = std::min(width, done_ * width / total_);
    if (is_terminal_) {
        fmt::print(stderr, "\r{} {}{} {}/{} ", what_, std::string(filled, '#'),
                   std::string(width - filled, '.'), done_, total_);
    } else {
        fmt::print(stderr, "{} {}/{}\n", what_, done_, total_);
    }
}

void Progress::finish() {
    const double seconds = std::max(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count(), 0.001);
    fmt::print(stderr, "{}{}: {} in {:.1f} s ({:.0f} a second)\n", is_terminal_ ? "\r\033[K" : "",
               what_, done_, seconds, static_cast<double>(done_) / seconds);
}

}  // namespace loquat::app
