#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "net/stomp/frame.hpp"

namespace loquat::net::stomp {

// Writes one frame into `out`: headers first, then `finish`.  Line ends are LF.
class FrameWriter {
  public:
    FrameWriter(std::string& out, Version version, Command command);

    FrameWriter& header(std::string_view name, std::string_view value);
    FrameWriter& header(std::string_view name, std::uint64_t value);
    // Ends the frame.  A body gets `content-length`, so that it may hold NUL.
    void finish(std::string_view body = {});

  private:
    std::string& out_;
    Version version_;
    Command command_;
};

// Writes `frame` as it stands; `content-length` is always the body's own.
void append_frame(std::string& out, Version version, const Frame& frame);

}  // namespace loquat::net::stomp
