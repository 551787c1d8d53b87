#include "net/stomp/encoder.hpp"

#include <charconv>

#include "net/stomp/escape.hpp"

namespace loquat::net::stomp {

FrameWriter::FrameWriter(std::string& out, Version version, Command command)
    : out_(out), version_(version), command_(command) {
    out_ += to_text(command);
    out_.push_back('\n');
}

FrameWriter& FrameWriter::header(std::string_view name, std::string_view value) {
    append_escaped(out_, version_, command_, name);
    out_.push_back(':');
    append_escaped(out_, version_, command_, value);
    out_.push_back('\n');
    return *this;
}

FrameWriter& FrameWriter::header(std::string_view name, std::uint64_t value) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return header(name, std::string_view{digits.data(), end});
}

void FrameWriter::finish(std::string_view body) {
    if (!body.empty()) {
        header("content-length", body.size());
    }
    out_.push_back('\n');
    out_ += body;
    out_.push_back('\0');
}

void append_frame(std::string& out, Version version, const Frame& frame) {
    FrameWriter writer{out, version, frame.command};
    for (std::size_t i = 0; i < frame.header_count(); ++i) {
        if (frame.name(i) != "content-length") {
            writer.header(frame.name(i), frame.value(i));
        }
    }
    writer.finish(frame.body);
}

}  // namespace loquat::net::stomp
