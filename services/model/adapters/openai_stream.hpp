#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "net/http/sse_reader.hpp"
#include "services/model/adapters/json_cursor.hpp"
#include "services/model/domain/text_cleaner.hpp"
#include "services/model/domain/think_filter.hpp"
#include "services/model/ports.hpp"

namespace loquat::model {

struct StreamLimits {
    std::size_t event_bytes_max = 1 << 20;    // of one event, so of one line
    std::size_t answer_bytes_max = 1 << 20;   // of the answer's text
    std::size_t stream_bytes_max = 64 << 20;  // of all that comes
};

// Reads the body of an answer to `POST /chat/completions` with `stream: true`, as OpenAI and those
// who speak its language send it, from pieces cut anywhere.  Understands every oddity of servers in
// use that leaves no doubt about what is meant; an answer counts as whole only when its
// finish_reason or `[DONE]` has come.  A plain JSON answer is taken too.
class OpenAiStream final : net::http::SseSink {
  public:
    explicit OpenAiStream(const StreamLimits& limits);

    // Appends new text of the answer to `text`.  After the end further bytes are ignored.
    void feed(std::string_view bytes, std::string& text);
    // The body has ended.
    void finish(std::string& text);

    // Whether the text that was given before turned out to be thought since it was last asked.  What
    // `text` holds then follows after that.
    bool take_taken_back() { return std::exchange(has_taken_back_, false); }

    // Nothing that may still come matters: `[DONE]`, or a setback.
    bool is_over() const { return done_ || setback_.has_value(); }
    // The answer is whole; only figures may follow.
    bool has_finished() const { return done_ || !finish_reason_.empty(); }
    // A token has come, of text or of thoughts.
    bool has_begun() const { return tokens_seen_ > 0; }
    // Grows with each event that carries a token; for deadlines between tokens.
    std::uint64_t tokens_seen() const { return tokens_seen_; }

    // None when the answer is whole.  Ask after `finish`, or once `is_over`.
    const std::optional<Setback>& setback() const { return setback_; }
    // stop, length, content_filter or other.
    std::string_view finish_reason() const;
    // The last figures that came; what is no whole number of a possible size is none.
    const TokenUsage& usage() const { return usage_; }
    // Counted here.
    std::int64_t thought_tokens() const { return think_.tokens() + reasoning_.count(); }

  private:
    enum class Shape : std::uint8_t { unknown, events, json };

    void on_event(const net::http::SseEvent& event) override;
    void take_bytes(std::string_view bytes);
    bool choose_shape(std::string_view& bytes);
    void take_chunk(std::string_view json);
    void take_member(JsonCursor& cursor, std::string_view name);
    void take_error(JsonCursor& cursor);
    void take_usage(JsonCursor& cursor);
    void take_groq(JsonCursor& cursor);
    void take_choices(JsonCursor& cursor);
    void take_choice(JsonCursor& cursor);
    void take_delta(JsonCursor& cursor);
    void take_content(std::string_view json);
    void take_parts(JsonCursor& cursor);
    void take_finish_reason(JsonCursor& cursor);
    void add_text(std::string_view raw);
    bool add_thoughts(std::string_view json);
    bool note_taken_back();
    void flush();
    void conclude();
    void fail(Setback setback);

    StreamLimits limits_;
    net::http::SseReader reader_;
    TextCleaner cleaner_;
    ThinkFilter think_;
    TokenCounter reasoning_;
    TokenUsage usage_;
    bool has_output_figure_ = false;  // in the current chunk
    std::optional<Setback> setback_;
    std::string finish_reason_;
    std::string raw_;    // a string of the current chunk
    std::string clean_;  // likewise, cleaned
    std::string json_;   // a body that is no stream
    std::string* text_ = nullptr;
    std::size_t text_bytes_ = 0;
    std::size_t bytes_ = 0;
    std::uint64_t tokens_seen_ = 0;
    bool has_taken_back_ = false;
    bool has_choice_ = false;
    bool has_delta_ = false;
    bool has_event_ = false;
    bool at_end_ = false;  // the body has ended: what is left may be cut
    bool done_ = false;
    Shape shape_ = Shape::unknown;
};

}  // namespace loquat::model
