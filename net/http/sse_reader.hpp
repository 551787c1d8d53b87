#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/failure.hpp"
#include "net/http/sse.hpp"

namespace loquat::net::http {

class SseSink {
  public:
    virtual ~SseSink() = default;
    // Views live until the call returns.  `id` is the last one that the stream named, also in an
    // earlier event; `retry_ms` is negative unless a time came since the event before.
    virtual void on_event(const SseEvent& event) = 0;
};

// Reads an event stream (HTML standard, section 9.2) from bytes that come in pieces, cut anywhere.
// Lines end with LF, CRLF or CR, in any mixture; an event is given as soon as its empty line is
// there, and one that came whole in one piece is not copied.  Text is passed on as it is: whether
// it is UTF-8 is for the sink to judge.
class SseReader {
  public:
    // `event_bytes_max` bounds what is kept of one event, so one line too; comments are not kept.
    explicit SseReader(std::size_t event_bytes_max);

    // Fails with `sse.event_too_large`; the reader then ignores all further bytes.  The sink must
    // not destroy or feed the reader.
    std::optional<Failure> feed(std::string_view bytes, SseSink& sink);

    // At the end of the input: the event that lacks its empty line, or even the end of its last
    // line.  The standard drops it; some servers leave the empty line out.  Views live as long as
    // the reader is not used.
    std::optional<SseEvent> take_unfinished();

    // Lines that are neither comments nor fields of the standard: a sign that this is something
    // else.
    std::uint64_t unknown_lines() const { return unknown_lines_; }

  private:
    bool skip_mark(std::string_view& bytes);
    void take_line(std::string_view line, SseSink& sink);
    void take_field(std::string_view line);
    void add_data(std::string_view value);
    void dispatch(SseSink& sink);
    SseEvent event() const;
    void forget_event();
    bool fits(std::size_t more) const;
    bool keep(std::string_view part);

    std::size_t event_bytes_max_;
    std::string line_;            // the part of a line that came in earlier pieces
    std::string data_;            // once it had to be kept
    std::string_view data_view_;  // while it is one line of the current piece
    std::string type_;
    std::string id_;
    std::uint64_t unknown_lines_ = 0;
    int retry_ms_ = -1;
    std::uint8_t mark_bytes_ = 0;  // of the byte order mark, or 3 once it is decided
    bool has_data_ = false;
    bool data_is_kept_ = false;
    bool in_comment_ = false;
    bool after_return_ = false;  // a LF that comes now belongs to the CR before it
    bool failed_ = false;
};

}  // namespace loquat::net::http
