#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace loquat::net::stomp {

enum class Version : std::uint8_t { v1_0, v1_1, v1_2 };

enum class Command : std::uint8_t {
    // from clients
    connect,
    stomp,
    send,
    subscribe,
    unsubscribe,
    ack,
    nack,
    begin,
    commit,
    abort,
    disconnect,
    // from servers
    connected,
    message,
    receipt,
    error,
};

std::string_view to_text(Version version);
std::string_view to_text(Command command);
std::optional<Command> parse_command(std::string_view text);
// SEND, MESSAGE and ERROR (1.2, "Frames and Headers").
bool may_have_body(Command command);

// A parsed frame.  Header names and values are unescaped; repeated headers are all kept, `find`
// gives the first ("Repeated Header Entries").
class Frame {
  public:
    Command command = Command::send;
    std::string body;

    std::optional<std::string_view> find(std::string_view name) const;
    // Empty when absent.
    std::string_view get_or_empty(std::string_view name) const;
    void add(std::string_view name, std::string_view value);

    std::size_t header_count() const { return spans_.size(); }
    std::string_view name(std::size_t index) const;
    std::string_view value(std::size_t index) const;
    // What the frame holds in memory, for queue limits.
    std::size_t bytes() const { return text_.size() + body.size() + spans_.size() * sizeof(Span); }

  private:
    struct Span {
        std::uint32_t start;
        std::uint32_t name_bytes;
        std::uint32_t value_bytes;
    };
    std::string text_;  // names and values, one after the other
    std::vector<Span> spans_;
};

}  // namespace loquat::net::stomp
