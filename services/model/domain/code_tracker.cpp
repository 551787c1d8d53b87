#include "services/model/domain/code_tracker.hpp"

namespace loquat::model {
namespace {

constexpr std::string_view white = " \t";
constexpr std::string_view before_blocks = " \t>-*+.)0123456789";
constexpr std::size_t fence_min = 3;

}  // namespace

void CodeTracker::take_text(std::string_view text) {
    is_line_start_ = is_line_start_ && text.find_first_not_of(before_blocks) == std::string::npos;
    is_line_blank_ = is_line_blank_ && text.find_first_not_of(white) == std::string::npos;
}

void CodeTracker::take_line_end() {
    span_ = is_line_blank_ ? 0 : span_;
    is_line_start_ = true;
    is_line_blank_ = true;
    is_opening_line_ = false;
}

void CodeTracker::take_run(char mark, std::size_t length, char next) {
    const bool may_be_fence = is_line_start_ && length >= fence_min;
    is_line_start_ = false;
    is_line_blank_ = false;
    // A line of backticks that has more of them is a span.
    if (fence_ > 0 && is_opening_line_ && mark == '`' && fence_mark_ == '`') {
        span_ = fence_ == length ? 0 : fence_;
        fence_ = 0;
        return;
    }
    if (fence_ > 0) {
        const bool is_bare = next == 0 || next == '\n' || next == ' ' || next == '\t';
        if (may_be_fence && mark == fence_mark_ && length >= fence_ && is_bare) {
            fence_ = 0;
        }
        return;
    }
    if (may_be_fence) {
        fence_ = length;
        fence_mark_ = mark;
        is_opening_line_ = true;
        span_ = 0;
    } else if (mark == '`' && span_ == 0) {
        span_ = length;
    } else if (mark == '`' && span_ == length) {
        span_ = 0;
    }
}

}  // namespace loquat::model
