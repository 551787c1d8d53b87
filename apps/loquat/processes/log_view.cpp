#include "apps/loquat/processes/log_view.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>

namespace loquat::app {
namespace {

constexpr std::array<std::string_view, 6> name_colours{"\033[36m", "\033[33m", "\033[32m",
                                                       "\033[35m", "\033[34m", "\033[31m"};
constexpr std::string_view plain = "\033[0m";

}  // namespace

void LineCutter::add(std::string_view bytes, const Take& take) {
    rest_ += bytes;
    std::size_t begin = 0;
    for (std::size_t end = rest_.find('\n'); end != std::string::npos;
         end = rest_.find('\n', begin)) {
        take(std::string_view{rest_}.substr(begin, end - begin));
        begin = end + 1;
    }
    rest_.erase(0, begin);
    while (rest_.size() > line_bytes_max) {
        take(std::string_view{rest_}.substr(0, line_bytes_max));
        rest_.erase(0, line_bytes_max);
    }
}

void LineCutter::finish(const Take& take) {
    if (!rest_.empty()) {
        take(rest_);
        rest_.clear();
    }
}

std::string LogView::format(std::string_view name, std::size_t number,
                            std::string_view line) const {
    const bool is_coloured = colours_ == Colours::yes;
    std::string text;
    if (is_coloured) {
        text += name_colours[number % name_colours.size()];
    }
    text += name;
    text.append(width_ > name.size() ? width_ - name.size() : 0, ' ');
    text += " | ";
    if (is_coloured) {
        text += plain;
    }
    text.append(line).append("\n");
    return text;
}

void LogView::write(std::string_view name, std::size_t number, std::string_view line) const {
    const std::string text = format(name, number, line);
    std::string_view left = text;
    while (!left.empty()) {
        const ssize_t count = ::write(STDERR_FILENO, left.data(), left.size());
        if (count <= 0 && errno != EINTR) {
            return;  // nobody reads: what runs goes on
        }
        left.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
}

void LogView::say(std::string_view line) const { write("loquat", name_colours.size() - 1, line); }

}  // namespace loquat::app
