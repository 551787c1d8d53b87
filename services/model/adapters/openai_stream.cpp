#include "services/model/adapters/openai_stream.hpp"

#include <algorithm>
#include <utility>

#include "base/cut.hpp"
#include "base/text.hpp"
#include "services/model/adapters/provider_error.hpp"

namespace loquat::model {
namespace {

constexpr std::string_view white = " \t\r\n";
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

std::string start_of(std::string_view text) { return std::string{cut_text(text, 4096)}; }

}  // namespace

OpenAiStream::OpenAiStream(const StreamLimits& limits)
    : limits_(limits), reader_(limits.event_bytes_max) {}

void OpenAiStream::feed(std::string_view bytes, std::string& text) {
    text_ = &text;
    if (is_over()) {
        return;
    }
    bytes_ += bytes.size();
    if (choose_shape(bytes)) {
        take_bytes(bytes);
    }
    if (!is_over() && bytes_ > limits_.stream_bytes_max) {
        fail(too_long("the stream does not end"));
    }
}

void OpenAiStream::take_bytes(std::string_view bytes) {
    if (shape_ == Shape::json) {
        if (json_.size() + bytes.size() > limits_.event_bytes_max) {
            fail(bad_answer("the body is too large"));
        } else {
            json_ += bytes;
        }
    } else if (const auto failure = reader_.feed(bytes, *this)) {
        fail(bad_answer("an event is " + failure->detail));
    }
}

// No event stream begins with these; what does is an answer in one piece, or a page for people.
bool OpenAiStream::choose_shape(std::string_view& bytes) {
    if (shape_ != Shape::unknown) {
        return true;
    }
    json_ += bytes;
    std::string_view begin = json_;
    if (byte_order_mark.starts_with(begin.substr(0, 3)) && begin.size() < 3) {
        return false;
    }
    begin.remove_prefix(begin.starts_with(byte_order_mark) ? byte_order_mark.size() : 0);
    const std::size_t first = std::min(begin.find_first_not_of(white), begin.size());
    if (first > limits_.event_bytes_max) {
        fail(bad_answer("nothing but white space"));
    }
    if (first == begin.size() || is_over()) {
        return false;
    }
    if (begin[first] == '<') {
        fail(bad_answer("HTML: " + start_of(begin.substr(first))));
        return false;
    }
    if (begin[first] == '{') {
        shape_ = Shape::json;
        json_.erase(0, json_.size() - begin.size() + first);
        bytes = {};
        return true;
    }
    shape_ = Shape::events;
    const std::string held = std::exchange(json_, {});
    if (const auto failure = reader_.feed(held, *this)) {
        fail(bad_answer("an event is " + failure->detail));
    }
    return false;
}

void OpenAiStream::on_event(const net::http::SseEvent& event) {
    const std::string_view data = trim(event.data);
    if (is_over() || data.empty()) {
        return;
    }
    has_event_ = true;
    if (data == "[DONE]") {
        if (has_choice_) {
            conclude();
        } else {
            fail(bad_answer("the answer has no choices"));
        }
        return;
    }
    if (event.event == "error") {
        fail(judge_error(0, data));
        return;
    }
    take_chunk(data);
}

void OpenAiStream::finish(std::string& text) {
    text_ = &text;
    if (is_over()) {
        return;
    }
    if (shape_ == Shape::json) {
        take_chunk(json_);
        if (!has_choice_) {
            fail(bad_answer("neither an answer nor an error: " + start_of(json_)));
        }
        done_ = true;
    } else if (const auto last = reader_.take_unfinished()) {
        at_end_ = true;
        on_event(*last);
    }
    if (!is_over() && finish_reason_.empty()) {
        const bool is_something_else = !has_event_ && reader_.unknown_lines() > 0;
        flush();
        fail(is_something_else ? bad_answer("not an event stream")
                               : truncated("the stream ended without a finish_reason"));
        return;
    }
    conclude();
}

// The answer is whole, as far as nothing was wrong with it.
void OpenAiStream::conclude() {
    flush();
    done_ = true;
    if (finish_reason_ == "content_filter" && text_bytes_ == 0) {
        fail(content_filter("an empty answer"));
    }
}

std::string_view OpenAiStream::finish_reason() const {
    return finish_reason_.empty() ? std::string_view{"stop"} : std::string_view{finish_reason_};
}

// What was held back because it could have been a part of something.
void OpenAiStream::flush() {
    clean_.clear();
    cleaner_.finish(clean_);
    think_.append(*text_, clean_);
    think_.finish(*text_);
    note_taken_back();
}

void OpenAiStream::fail(Setback setback) {
    if (!setback_) {
        setback_ = std::move(setback);
    }
}

}  // namespace loquat::model
