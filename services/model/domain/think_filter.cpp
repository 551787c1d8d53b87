#include "services/model/domain/think_filter.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace loquat::model {
namespace {

constexpr std::string_view white = " \t\n";
constexpr std::size_t gap_bytes_max = 64;
constexpr std::size_t beginning_bytes_max = 64;
constexpr std::size_t header_bytes_max = 256;
constexpr std::size_t span_bytes_max = 512;
// What is left of a channel's marks where a server leaves them out.
constexpr std::string_view stripped_begin = "analysis";
constexpr std::string_view stripped_end = "assistantfinal";

constexpr std::string_view channel_word = "channel ";

bool is_channel_name(std::string_view text) {
    const std::string_view name = trim(text);
    return name == "analysis" || name == "commentary" || name == "final";
}

// Whether a run of backticks of that length follows on the line; none when more has to come.
std::optional<bool> closes_on_line(std::string_view text, std::size_t length) {
    for (std::size_t at = 0; at < text.size() && at < span_bytes_max;) {
        if (text[at] == '\n') {
            return false;
        }
        if (text[at] != '`') {
            ++at;
            continue;
        }
        const std::size_t end = text.find_first_not_of('`', at);
        if (end == std::string_view::npos) {
            return std::nullopt;
        }
        if (end - at == length) {
            return true;
        }
        at = end;
    }
    return text.size() >= span_bytes_max ? std::optional{false} : std::nullopt;
}

// How much of the end of `text` may be the beginning of `word`.
std::size_t overlap(std::string_view text, std::string_view word) {
    for (std::size_t size = std::min(text.size(), word.size() - 1); size > 0; --size) {
        if (text.ends_with(word.substr(0, size))) {
            return size;
        }
    }
    return 0;
}

}  // namespace

void ThinkFilter::append(std::string& answer, std::string_view piece) {
    held_ += piece;
    work(answer);
}

void ThinkFilter::finish(std::string& answer) {
    is_end_ = true;
    work(answer);
    if (since_close_ && code_.is_in_fence()) {
        const std::string left = std::exchange(since_close_, std::nullopt).value_or("");
        take_back(answer);
        give(answer, left);
    }
    if (!has_thoughts_) {
        answer += std::exchange(gap_, {});
    }
}

bool ThinkFilter::take_taken_back() { return std::exchange(has_taken_back_, false); }

void ThinkFilter::work(std::string& answer) {
    Step step = Step::on;
    while (step == Step::on && at_ < held_.size()) {
        switch (place_) {
            case Place::answer:
                step = read_answer(answer);
                break;
            case Place::thoughts:
                step = read_thoughts();
                break;
            case Place::header:
                step = read_header();
                break;
        }
    }
    held_.erase(0, at_);
    at_ = 0;
}

ThinkFilter::Step ThinkFilter::read_answer(std::string& answer) {
    const std::string_view text = rest();
    const std::size_t end = std::min(text.find_first_of("<[\xe2`~\n"), text.size());
    if (end > 0) {
        return read_text(answer, end);
    }
    if (text.front() == '\n') {
        code_.take_line_end();
        give(answer, "\n");
        ++at_;
        return Step::on;
    }
    return text.front() == '`' || text.front() == '~' ? read_run(answer) : read_mark(answer);
}

// Up to where a mark may begin.  The first bytes alone: they say whether marks were left out.
ThinkFilter::Step ThinkFilter::read_text(std::string& answer, std::size_t end) {
    if (given_ <= stripped_begin.size()) {
        end = std::min<std::size_t>(end, stripped_begin.size() + 1 - given_);
    }
    std::string_view text = rest().substr(0, end);
    if (is_stripped()) {
        const std::size_t found = text.find(stripped_end);
        if (found != std::string_view::npos) {
            thoughts_.add(text.substr(0, found));
            at_ += found + stripped_end.size();
            take_back(answer);
            return Step::on;
        }
        const bool may_go_on = end == rest().size() && !is_end_;
        text.remove_suffix(may_go_on ? overlap(text, stripped_end) : 0);
    }
    code_.take_text(text);
    give(answer, text);
    at_ += text.size();
    return text.empty() ? Step::wait : Step::on;
}

ThinkFilter::Step ThinkFilter::read_run(std::string& answer) {
    const std::string_view text = rest();
    const std::size_t size = std::min(text.find_first_not_of(text.front()), text.size());
    if (size == text.size() && !is_end_) {
        return Step::wait;
    }
    const bool was_in_fence = code_.is_in_fence();
    code_.take_run(text.front(), size, size < text.size() ? text[size] : '\0');
    if (code_.is_in_fence() != was_in_fence) {
        opened_in_fence_ = 0;
        since_close_.reset();
    }
    give(answer, text.substr(0, size));
    at_ += size;
    return Step::on;
}

ThinkFilter::Step ThinkFilter::read_mark(std::string& answer) {
    const std::string_view text = rest();
    const MarkMatch mark = match_mark(text);
    if (mark.found == MarkMatch::Found::perhaps && !is_end_) {
        return Step::wait;
    }
    if (mark.found != MarkMatch::Found::yes) {
        code_.take_text(text.substr(0, 1));
        give(answer, text.substr(0, 1));
        ++at_;
        return Step::on;
    }
    if (code_.is_in_fence() || code_.span() > 0) {
        return read_code_mark(answer, mark);
    }
    take_mark(answer, mark);
    return Step::on;
}

ThinkFilter::Step ThinkFilter::read_code_mark(std::string& answer, const MarkMatch& mark) {
    const std::string_view text = rest();
    if (!code_.is_in_fence()) {
        const auto closes = closes_on_line(text.substr(mark.size), code_.span());
        if (!closes && !is_end_) {
            return Step::wait;
        }
        if (!closes.value_or(false)) {
            code_.end_span();
            take_mark(answer, mark);
            return Step::on;
        }
    }
    const bool stands_alone = code_.is_in_fence() && code_.is_at_line_start();
    give(answer, text.substr(0, mark.size));
    code_.take_text(text.substr(0, mark.size));
    at_ += mark.size;
    if (mark.kind == MarkKind::open) {
        ++opened_in_fence_;
    } else if (mark.kind == MarkKind::close && opened_in_fence_ > 0) {
        --opened_in_fence_;
    } else if (mark.kind == MarkKind::close && stands_alone) {
        since_close_.emplace();
    }
    return Step::on;
}

void ThinkFilter::take_mark(std::string& answer, const MarkMatch& mark) {
    const std::string_view text = rest().substr(0, mark.size);
    at_ += mark.size;
    switch (mark.kind) {
        case MarkKind::open:
            is_channel_ = false;
            begin_thoughts();
            return;
        case MarkKind::close:
            take_back(answer);
            return;
        case MarkKind::empty:
            begin_thoughts();
            place_ = Place::answer;
            return;
        case MarkKind::noise:
            return;
        case MarkKind::answer_open:
            is_wrapped_ = has_thoughts_ && given_ == 0;
            return is_wrapped_ ? void() : give(answer, text);
        case MarkKind::answer_close:
            return std::exchange(is_wrapped_, false) ? void() : give(answer, text);
        case MarkKind::channel:
        case MarkKind::start:
            begin_header(mark.kind);
            return;
        case MarkKind::message:
            if (given_ <= beginning_bytes_max && is_channel_name(beginning_)) {
                const std::string name = beginning_;
                take_back(answer);
                begin_header(MarkKind::channel);
                header_ += name;
                return end_header();
            }
            return give(answer, text);
        case MarkKind::stop:
            return knows_channels_ ? void() : give(answer, text);
    }
}

ThinkFilter::Step ThinkFilter::read_thoughts() {
    const std::string_view text = rest();
    const std::size_t start = std::min(find_mark_start(text, 0), text.size());
    thoughts_.add(text.substr(0, start));
    at_ += start;
    if (start == text.size()) {
        return Step::on;
    }
    const MarkMatch mark = match_mark(rest());
    if (mark.found == MarkMatch::Found::perhaps && !is_end_) {
        return Step::wait;
    }
    const bool is_one = mark.found == MarkMatch::Found::yes;
    const bool begins_header =
        is_channel_ && (mark.kind == MarkKind::channel || mark.kind == MarkKind::start);
    if (is_one && begins_header) {
        begin_header(mark.kind);
    } else if (is_one && mark.kind == (is_channel_ ? MarkKind::stop : MarkKind::close)) {
        place_ = Place::answer;
    } else {
        thoughts_.add(rest().substr(0, 1));
        ++at_;
        return Step::on;
    }
    at_ += mark.size;
    return Step::on;
}

// assistant<|channel|>final<|message|>: up to the last mark.
ThinkFilter::Step ThinkFilter::read_header() {
    const std::string_view text = rest();
    const MarkMatch mark = match_mark(text);
    if (mark.found == MarkMatch::Found::perhaps && !is_end_) {
        return Step::wait;
    }
    if (mark.found == MarkMatch::Found::yes && mark.kind == MarkKind::message) {
        at_ += mark.size;
        end_header();
        return Step::on;
    }
    if (mark.found == MarkMatch::Found::yes && mark.kind == MarkKind::channel) {
        at_ += mark.size;
        header_ = channel_word;
        return Step::on;
    }
    header_ += text.front();
    ++at_;
    if (header_.size() > header_bytes_max) {
        thoughts_.add(header_);
        end_header();
    }
    return Step::on;
}

void ThinkFilter::begin_header(MarkKind mark) {
    begin_thoughts();
    place_ = Place::header;
    header_ = mark == MarkKind::channel ? channel_word : std::string_view{};
}

// Only `final`, and what has no channel, is for people.
void ThinkFilter::end_header() {
    std::string_view name = header_;
    const bool has_channel = name.starts_with(channel_word);
    name.remove_prefix(has_channel ? channel_word.size() : 0);
    place_ = has_channel && !trim(name).starts_with("final") ? Place::thoughts : Place::answer;
    knows_channels_ = true;
    is_channel_ = true;
    header_.clear();
}

void ThinkFilter::begin_thoughts() {
    place_ = Place::thoughts;
    has_thoughts_ = true;
    is_gap_ = true;
    gap_.clear();
}

void ThinkFilter::take_back(std::string& answer) {
    thoughts_.add(answer);
    answer.clear();
    has_taken_back_ = has_taken_back_ || given_ > 0;
    given_ = 0;
    beginning_.clear();
    tail_lines_ = 0;
    ends_white_ = false;
    code_ = {};
    opened_in_fence_ = 0;
    since_close_.reset();
    begin_thoughts();
    place_ = Place::answer;
}

bool ThinkFilter::is_stripped() const {
    return beginning_.size() > stripped_begin.size() && beginning_.starts_with(stripped_begin) &&
           beginning_[stripped_begin.size()] >= 'A' && beginning_[stripped_begin.size()] <= 'Z';
}

void ThinkFilter::give(std::string& answer, std::string_view text) {
    if (since_close_) {
        *since_close_ += text;
    }
    if (is_gap_) {
        const std::size_t first = std::min(text.find_first_not_of(white), text.size());
        gap_ += text.substr(0, first);
        text.remove_prefix(first);
        const bool is_long = gap_.size() > gap_bytes_max;
        if (text.empty() && (has_thoughts_ || !is_long)) {
            gap_.resize(std::min(gap_.size(), gap_bytes_max));
            return;
        }
        settle_gap(answer);
    }
    if (text.empty()) {
        return;
    }
    answer += text;
    given_ += text.size();
    if (beginning_.size() < beginning_bytes_max) {
        beginning_ += text.substr(0, beginning_bytes_max - beginning_.size());
    }
    const std::size_t last = text.find_last_not_of('\n');
    const std::size_t lines = last == std::string_view::npos ? text.size() : text.size() - last - 1;
    tail_lines_ = last == std::string_view::npos ? tail_lines_ + lines : lines;
    ends_white_ = white.find(text.back()) != std::string_view::npos;
}

// What is left of the white space on both sides of thoughts: as many line ends as on the side that
// has more, else one space.
void ThinkFilter::settle_gap(std::string& answer) {
    const std::string gap = std::exchange(gap_, {});
    is_gap_ = false;
    std::string kept;
    if (!has_thoughts_) {
        kept = gap;
    } else if (given_ > 0) {
        const auto lines = static_cast<std::size_t>(std::ranges::count(gap, '\n'));
        kept.assign(lines > tail_lines_
                        ? std::min<std::size_t>(lines, 2) - std::min<std::size_t>(tail_lines_, 2)
                        : 0,
                    '\n');
        if (kept.empty() && !gap.empty() && !ends_white_) {
            kept = " ";
        }
    }
    answer += kept;
    given_ += kept.size();
}

}  // namespace loquat::model
