#include "net/http/sse_reader.hpp"

#include <algorithm>
#include <limits>

#include "base/text.hpp"

namespace loquat::net::http {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::uint8_t mark_decided = 3;

// The first CR or LF, or the size.
std::size_t find_line_end(std::string_view bytes) {
    const char* const begin = bytes.data();
    const char* const end = begin + bytes.size();
    const char* at = begin;
    while (at != end && *at != '\n' && *at != '\r') {
        ++at;
    }
    return static_cast<std::size_t>(at - begin);
}

std::optional<int> parse_retry(std::string_view value) {
    const auto number = parse_number(value);
    if (!number) {
        return std::nullopt;
    }
    constexpr std::uint64_t most = std::numeric_limits<int>::max();
    return static_cast<int>(std::min(*number, most));
}

}  // namespace

SseReader::SseReader(std::size_t event_bytes_max) : event_bytes_max_(event_bytes_max) {}

std::optional<Failure> SseReader::feed(std::string_view bytes, SseSink& sink) {
    if (failed_ || !skip_mark(bytes)) {
        return std::nullopt;
    }
    while (!bytes.empty()) {
        if (after_return_ && bytes.front() == '\n') {
            bytes.remove_prefix(1);
        }
        after_return_ = false;
        const std::size_t end = find_line_end(bytes);
        const std::string_view part = bytes.substr(0, end);
        const bool whole = end < bytes.size();
        if (whole && line_.empty() && !in_comment_ && fits(part.size())) {
            take_line(part, sink);
        } else if (!keep(part)) {
            failed_ = true;
            return Failure{Kind::too_large, "sse.event_too_large", "An event is too large.",
                           "more than " + std::to_string(event_bytes_max_) + " bytes"};
        } else if (whole) {
            const bool was_comment = std::exchange(in_comment_, false);
            if (!was_comment) {
                take_line(line_, sink);
            }
            line_.clear();
        }
        if (!whole) {
            break;
        }
        after_return_ = bytes[end] == '\r';
        bytes.remove_prefix(end + 1);
    }
    if (has_data_ && !data_is_kept_) {
        data_ = data_view_;
        data_is_kept_ = true;
    }
    return std::nullopt;
}

// A byte order mark may stand at the very beginning, and may be cut.  False while that is open.
bool SseReader::skip_mark(std::string_view& bytes) {
    while (mark_bytes_ < mark_decided && !bytes.empty()) {
        if (bytes.front() != byte_order_mark[mark_bytes_]) {
            line_ = byte_order_mark.substr(0, mark_bytes_);  // no mark: it was text
            mark_bytes_ = mark_decided;
            return true;
        }
        ++mark_bytes_;
        bytes.remove_prefix(1);
    }
    return !bytes.empty();
}

bool SseReader::fits(std::size_t more) const {
    const std::size_t data = data_is_kept_ ? data_.size() : data_view_.size();
    return line_.size() + data + type_.size() + more <= event_bytes_max_;
}

// Adds to the line that is not complete yet.
bool SseReader::keep(std::string_view part) {
    if (!in_comment_ && line_.empty() && part.starts_with(':')) {
        in_comment_ = true;
    }
    if (in_comment_) {
        return true;
    }
    if (!fits(part.size())) {
        return false;
    }
    line_ += part;
    return true;
}

void SseReader::take_line(std::string_view line, SseSink& sink) {
    if (line.empty()) {
        dispatch(sink);
    } else if (line.front() != ':') {
        take_field(line);
    }
}

void SseReader::take_field(std::string_view line) {
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    std::string_view value =
        colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1);
    if (value.starts_with(' ')) {
        value.remove_prefix(1);
    }
    if (name == "data") {
        add_data(value);
    } else if (name == "event") {
        type_ = value;
    } else if (name == "id") {
        if (value.find('\0') == std::string_view::npos) {
            id_ = value;
        }
    } else if (name == "retry") {
        retry_ms_ = parse_retry(value).value_or(retry_ms_);
    } else {
        ++unknown_lines_;
    }
}

void SseReader::add_data(std::string_view value) {
    const bool is_in_line_buffer =
        value.data() >= line_.data() && value.data() <= line_.data() + line_.size();
    if (!has_data_ && !is_in_line_buffer) {
        data_view_ = value;
    } else {
        if (!data_is_kept_) {
            data_ = data_view_;
            data_is_kept_ = true;
        }
        if (has_data_) {
            data_ += '\n';
        }
        data_ += value;
    }
    has_data_ = true;
}

SseEvent SseReader::event() const {
    return {.event = type_,
            .data = data_is_kept_ ? std::string_view{data_} : data_view_,
            .id = id_,
            .retry_ms = retry_ms_};
}

// Without data there is no event, but the type is forgotten all the same.
void SseReader::dispatch(SseSink& sink) {
    if (has_data_) {
        sink.on_event(event());
        retry_ms_ = -1;
    }
    forget_event();
}

void SseReader::forget_event() {
    data_.clear();
    data_view_ = {};
    type_.clear();
    has_data_ = false;
    data_is_kept_ = false;
}

std::optional<SseEvent> SseReader::take_unfinished() {
    if (failed_) {
        return std::nullopt;
    }
    if (!line_.empty() && !in_comment_) {
        take_field(line_);
    }
    failed_ = true;  // nothing may follow
    return has_data_ ? std::optional{event()} : std::nullopt;
}

}  // namespace loquat::net::http
