#include "net/stomp/frame.hpp"

namespace loquat::net::stomp {
namespace {

// In the order of Command.
constexpr std::array<std::string_view, 15> command_texts{
    "CONNECT", "STOMP", "SEND",       "SUBSCRIBE", "UNSUBSCRIBE", "ACK",     "NACK", "BEGIN",
    "COMMIT",  "ABORT", "DISCONNECT", "CONNECTED", "MESSAGE",     "RECEIPT", "ERROR"};

}  // namespace

std::string_view to_text(Version version) {
    constexpr std::array<std::string_view, 3> texts{"1.0", "1.1", "1.2"};
    return texts[static_cast<std::size_t>(version)];
}

std::string_view to_text(Command command) {
    return command_texts[static_cast<std::size_t>(command)];
}

std::optional<Command> parse_command(std::string_view text) {
    for (std::size_t i = 0; i < command_texts.size(); ++i) {
        if (command_texts[i] == text) {
            return static_cast<Command>(i);
        }
    }
    return std::nullopt;
}

bool may_have_body(Command command) {
    return command == Command::send || command == Command::message || command == Command::error;
}

std::optional<std::string_view> Frame::find(std::string_view wanted) const {
    for (std::size_t i = 0; i < spans_.size(); ++i) {
        if (name(i) == wanted) {
            return value(i);
        }
    }
    return std::nullopt;
}

std::string_view Frame::get_or_empty(std::string_view wanted) const {
    return find(wanted).value_or(std::string_view{});
}

void Frame::add(std::string_view header, std::string_view value) {
    spans_.push_back({static_cast<std::uint32_t>(text_.size()),
                      static_cast<std::uint32_t>(header.size()),
                      static_cast<std::uint32_t>(value.size())});
    text_.append(header);
    text_.append(value);
}

std::string_view Frame::name(std::size_t index) const {
    const Span& span = spans_[index];
    return std::string_view{text_}.substr(span.start, span.name_bytes);
}

std::string_view Frame::value(std::size_t index) const {
    const Span& span = spans_[index];
    return std::string_view{text_}.substr(span.start + span.name_bytes, span.value_bytes);
}

}  // namespace loquat::net::stomp
