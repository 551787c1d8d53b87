#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/failure.hpp"
#include "net/stomp/frame.hpp"

namespace loquat::net::stomp {

struct ParseLimits {
    std::size_t headers_max = 100;
    std::size_t head_bytes_max = 16 * 1024;  // command and headers with their line ends
    std::size_t body_bytes_max = 256 * 1024;
};

class FrameSink {
  public:
    virtual ~FrameSink() = default;
    virtual void on_frame(Frame frame) = 0;
};

// Reads frames of STOMP 1.0, 1.1 and 1.2 from bytes that come in pieces, cut anywhere; line ends
// between frames are heart-beats and skipped.  Holds no buffer between frames.
//
// Header names and values are taken as they are, never trimmed.  `content-length` counts bytes and
// is obeyed; without it a body ends at the first NUL.
class Parser {
  public:
    explicit Parser(const ParseLimits& limits);
    ~Parser();
    Parser(const Parser&) = delete;
    Parser& operator=(const Parser&) = delete;

    // The version rules the escapes from the next frame on.  May be called from `on_frame`.
    void set_version(Version version) { version_ = version; }
    Version version() const { return version_; }
    // The limits must outlive the parser.
    void set_limits(const ParseLimits& limits) { limits_ = &limits; }
    // Ignores all further bytes.
    void stop();
    bool is_stopped() const { return stopped_; }
    bool is_between_frames() const { return partial_ == nullptr; }

    // Malformed input gives `stomp.malformed`, too much of it `request.too_large`; the parser has
    // then stopped.  The sink must not destroy the parser.
    std::optional<Failure> feed(std::string_view bytes, FrameSink& sink);
    // After a failure: the receipt that the broken frame asked for, if its header was read.
    const std::string& broken_receipt() const { return broken_receipt_; }

  private:
    struct Partial;
    using Error = std::optional<Failure>;

    Error skip_line_ends(std::string_view& bytes);
    Error take_head(std::string_view& bytes);
    Error take_line(std::string_view line);
    Error take_header(std::string_view line);
    Error end_head();
    Error take_body(std::string_view& bytes, FrameSink& sink);
    Error take_counted_body(std::string_view& bytes, FrameSink& sink);
    Error take_open_body(std::string_view& bytes, FrameSink& sink);
    void finish(FrameSink& sink);
    Error fail(Failure failure);

    const ParseLimits* limits_;
    std::unique_ptr<Partial> partial_;
    std::string broken_receipt_;
    Version version_ = Version::v1_0;
    bool after_return_ = false;  // a CR between frames still needs its LF
    bool stopped_ = false;
};

}  // namespace loquat::net::stomp
