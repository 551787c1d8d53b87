#include <algorithm>

#include "base/cut.hpp"
#include "base/text.hpp"
#include "services/model/adapters/openai_stream.hpp"
#include "services/model/adapters/provider_error.hpp"

namespace loquat::model {
namespace {

// Servers have their own words for why an answer ended.
std::string_view known_reason(std::string_view reason) {
    constexpr std::string_view stops[] = {"stop",     "eos",           "eos_token",
                                          "end_turn", "stop_sequence", "completed"};
    constexpr std::string_view lengths[] = {"length", "max_tokens", "model_length",
                                            "max_output_tokens"};
    constexpr std::string_view filters[] = {"content_filter",
                                            "content_filtered",
                                            "safety",
                                            "recitation",
                                            "blocked",
                                            "refusal",
                                            "blocklist",
                                            "spii",
                                            "sensitive",
                                            "moderation",
                                            "prohibited_content",
                                            "image_safety",
                                            "guardrail_intervened"};
    if (std::ranges::find(stops, reason) != std::end(stops)) {
        return "stop";
    }
    if (std::ranges::find(lengths, reason) != std::end(lengths)) {
        return "length";
    }
    if (std::ranges::find(filters, reason) != std::end(filters)) {
        return "content_filter";
    }
    return reason == "error" ? "error" : "other";
}

std::string start_of(std::string_view text) { return std::string{cut_text(text, 4096)}; }

constexpr int nested_max = 6;

bool is_reasoning_name(std::string_view name) {
    constexpr std::string_view names[] = {"reasoning_content", "reasoning", "reasoning_text",
                                          "reasoning_details", "thinking",  "thinking_blocks",
                                          "thinking_content",  "thought",   "thoughts"};
    return std::ranges::find(names, name) != std::end(names);
}

// What names and signs a thought is none of its words.
bool is_beside_words(std::string_view name) {
    constexpr std::string_view names[] = {"type", "id", "format", "signature", "index", "data"};
    return std::ranges::find(names, name) != std::end(names);
}

void count_strings(std::string_view json, TokenCounter& counter, int depth) {
    JsonCursor cursor{json};
    if (depth == 0) {
        return;
    }
    if (cursor.peek() == '[') {
        cursor.begin_array();
        while (cursor.next_item()) {
            count_strings(cursor.skip(), counter, depth - 1);
        }
    } else if (cursor.peek() == '{') {
        cursor.begin_object();
        while (const auto name = cursor.next_member()) {
            const std::string_view value = cursor.skip();
            if (!is_beside_words(*name)) {
                count_strings(value, counter, depth - 1);
            }
        }
    } else {
        std::string words;
        if (cursor.peek() == '"' && cursor.read_string(words)) {
            counter.add(words);
        }
    }
}

// {"google":{"thought":true}}
bool says_thought(std::string_view json) {
    JsonCursor cursor{json};
    bool is_thought = false;
    if (cursor.peek() == '{' && cursor.begin_object()) {
        while (const auto vendor = cursor.next_member()) {
            JsonCursor facts{cursor.skip()};
            if (facts.peek() != '{' || !facts.begin_object()) {
                continue;
            }
            while (const auto name = facts.next_member()) {
                is_thought |= facts.skip() == "true" && *name == "thought";
            }
        }
    }
    return is_thought;
}

bool take_figure(JsonCursor& cursor, std::optional<std::int64_t>& figure) {
    const auto value = cursor.read_integer();
    const bool is_credible =
        value && contracts::is_token_figure(*value) && (*value > 0 || figure.value_or(0) == 0);
    if (!is_credible) {
        return false;
    }
    figure = value;
    return true;
}

}  // namespace

void OpenAiStream::take_chunk(std::string_view json) {
    JsonCursor cursor{json};
    has_output_figure_ = false;
    bool says_something = false;
    bool says_why = false;
    bool good = cursor.begin_object();
    while (const auto name = cursor.next_member()) {
        says_something |= *name == "choices" || *name == "usage" || *name == "id";
        says_why |= *name == "message" || *name == "detail" || *name == "msg";
        take_member(cursor, *name);
    }
    good = good && !cursor.has_failed() && cursor.is_at_end();
    if (has_output_figure_) {
        usage_.is_output_final = has_finished() || shape_ == Shape::json;
    }
    if (!good && !at_end_ && !setback_) {
        fail(bad_answer("not JSON: " + start_of(json)));
    } else if (good && !says_something && says_why && !setback_) {
        fail(judge_error(0, json));
    }
    if (finish_reason_ == "error" && !setback_) {
        fail(judge_error(0, json));
    }
}

void OpenAiStream::take_member(JsonCursor& cursor, std::string_view name) {
    if (name == "choices") {
        take_choices(cursor);
    } else if (name == "error") {
        take_error(cursor);
    } else if (name == "usage") {
        take_usage(cursor);
    } else if (name == "x_groq") {
        take_groq(cursor);
    } else {
        cursor.skip();
    }
}

void OpenAiStream::take_groq(JsonCursor& cursor) {
    if (!cursor.begin_object()) {
        return;
    }
    while (const auto name = cursor.next_member()) {
        if (*name == "usage") {
            take_usage(cursor);
        } else if (*name == "error") {
            take_error(cursor);
        } else {
            cursor.skip();
        }
    }
}

// null, false and "" are no errors.
void OpenAiStream::take_error(JsonCursor& cursor) {
    const std::string_view error = cursor.skip();
    if (error.empty() || error == "null" || error == "false" || error == "\"\"" || setback_) {
        return;
    }
    fail(judge_error(0, error));
}

// The last figure of each kind counts: some send them with every chunk.  Nothing falls back to 0.
void OpenAiStream::take_usage(JsonCursor& cursor) {
    if (!cursor.begin_object()) {
        return;
    }
    while (const auto name = cursor.next_member()) {
        if (*name == "prompt_tokens" || *name == "input_tokens") {
            take_figure(cursor, usage_.input);
        } else if (*name == "completion_tokens" || *name == "output_tokens") {
            has_output_figure_ |= take_figure(cursor, usage_.output);
        } else {
            cursor.skip();
        }
    }
}

void OpenAiStream::take_choices(JsonCursor& cursor) {
    if (!cursor.begin_array()) {
        return;
    }
    while (cursor.next_item()) {
        take_choice(cursor);
    }
}

void OpenAiStream::take_choice(JsonCursor& cursor) {
    if (!cursor.begin_object()) {
        return;
    }
    has_choice_ = true;
    std::string_view message;
    bool is_first = true;
    while (const auto name = cursor.next_member()) {
        if (*name == "index") {
            is_first = cursor.read_integer().value_or(0) == 0;
        } else if (*name == "delta" && is_first) {
            has_delta_ = true;
            take_delta(cursor);
        } else if (*name == "message") {
            message = cursor.skip();
        } else if (*name == "text" && is_first) {
            take_content(cursor.skip());
        } else if (*name == "finish_reason" && is_first) {
            take_finish_reason(cursor);
        } else if (*name == "error") {
            take_error(cursor);
        } else {
            cursor.skip();
        }
    }
    // Some send the whole text so far beside each delta; only without deltas is it the answer.
    if (!message.empty() && is_first && !has_delta_) {
        JsonCursor whole{message};
        take_delta(whole);
    }
}

void OpenAiStream::take_delta(JsonCursor& cursor) {
    if (!cursor.begin_object()) {
        return;
    }
    bool has_reasoning = false;  // some send the same thoughts under two names
    bool is_thought = false;     // of Google: the text itself is one
    std::string_view content;
    std::string_view refusal;
    while (const auto name = cursor.next_member()) {
        if (*name == "content") {
            content = cursor.skip();
        } else if (*name == "refusal") {
            refusal = cursor.skip();
        } else if (*name == "extra_content") {
            is_thought = says_thought(cursor.skip());
        } else if (is_reasoning_name(*name)) {
            const std::string_view thoughts = cursor.skip();
            has_reasoning = has_reasoning || add_thoughts(thoughts);
        } else {
            tokens_seen_ += *name == "tool_calls" ? 1 : 0;
            cursor.skip();
        }
    }
    if (is_thought) {
        add_thoughts(content);
    } else {
        take_content(content);
    }
    take_content(refusal);
}

void OpenAiStream::take_content(std::string_view json) {
    JsonCursor cursor{json};
    if (json.empty()) {
        return;
    }
    if (cursor.peek() == '[') {
        take_parts(cursor);
        return;
    }
    raw_.clear();
    if (cursor.read_string(raw_)) {
        add_text(raw_);
    }
    if (cursor.has_failed() && !at_end_) {
        fail(bad_answer("not JSON: " + start_of(json)));
    }
}

// [{"type":"text","text":"..."}, {"type":"thinking",...}]
void OpenAiStream::take_parts(JsonCursor& cursor) {
    cursor.begin_array();
    while (cursor.next_item()) {
        const std::string_view json = cursor.skip();
        JsonCursor part{json};
        std::string kind = "text";
        std::string text;
        bool is_thought = false;
        if (part.begin_object()) {
            while (const auto name = part.next_member()) {
                if (*name == "type") {
                    kind.clear();
                    part.read_string(kind);
                } else if (*name == "text") {
                    part.read_string(text);
                } else {
                    is_thought |= part.skip() == "true" && *name == "thought";
                }
            }
        }
        if (!is_thought && (kind == "text" || kind == "output_text" || kind == "refusal")) {
            add_text(text);
        } else {
            add_thoughts(json);
        }
    }
}

void OpenAiStream::take_finish_reason(JsonCursor& cursor) {
    raw_.clear();
    if (cursor.read_string(raw_) && !raw_.empty()) {
        finish_reason_ = known_reason(to_lower_ascii(raw_));
    }
}

void OpenAiStream::add_text(std::string_view raw) {
    if (raw.empty() || setback_) {
        return;
    }
    ++tokens_seen_;
    const std::size_t before = text_->size();
    clean_.clear();
    cleaner_.append(clean_, raw);
    think_.append(*text_, clean_);
    const bool is_anew = note_taken_back();
    text_bytes_ = is_anew ? text_->size() : text_bytes_ + (text_->size() - before);
    if (text_bytes_ > limits_.answer_bytes_max) {
        fail(too_long("more than " + std::to_string(limits_.answer_bytes_max) + " bytes of text"));
    }
}

bool OpenAiStream::note_taken_back() {
    const bool is_now = think_.take_taken_back();
    has_taken_back_ = has_taken_back_ || is_now;
    return is_now;
}

// A text, or objects and lists that hold some.
bool OpenAiStream::add_thoughts(std::string_view json) {
    if (json.empty() || json == "null" || json == "\"\"" || json == "[]" || json == "{}") {
        return false;
    }
    ++tokens_seen_;
    count_strings(json, reasoning_, nested_max);
    return true;
}

}  // namespace loquat::model
