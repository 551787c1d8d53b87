#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "net/websocket/deflate.hpp"
#include "net/websocket/frame.hpp"
#include "net/websocket/utf8.hpp"

namespace loquat::net::websocket {

enum class Part : std::uint8_t { more, last };

// What a Reader finds.  Views are valid during the call only.
class ReadSink {
  public:
    virtual ~ReadSink() = default;
    // A piece of a data message, decompressed, in order; text is checked as far as it goes.  A
    // message has exactly one `last` piece, which may be empty.
    virtual void on_data(MessageType type, std::string_view piece, Part part) = 0;
    virtual void on_ping(std::string_view payload) = 0;
    virtual void on_pong(std::string_view payload) = 0;
    // `code` is 1005 when the peer gave none.  Nothing follows.
    virtual void on_close(std::uint16_t code, std::string_view reason) = 0;
};

enum class Role : std::uint8_t { server, client };

// What the readers of one loop share.
struct ReadSettings {
    Role role = Role::server;
    std::uint64_t message_bytes_max = 1 << 20;  // after decompression
    InflaterPool* inflaters = nullptr;          // none: compressed messages are a protocol error
};

// Parses RFC 6455 section 5 from bytes that come in pieces, cut anywhere.  Strict: reserved bits
// and opcodes, masking by role, minimal lengths, fragmentation, control frames, close codes and
// UTF-8 are checked as soon as they can be.  Holds no buffer while idle; a message in compressed
// pieces borrows a decompressor from the loop.
class Reader {
  public:
    enum class Extension : std::uint8_t { none, deflate };

    // `settings` outlives the reader.
    Reader(const ReadSettings& settings, Extension extension)
        : settings_(&settings), extension_(extension) {}
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    // Unmasks `bytes` in place and reports what is whole.  After an error, a close frame or `stop`,
    // the rest is ignored.  The sink must not destroy the reader.
    std::optional<ProtocolError> feed(std::span<char> bytes, ReadSink& sink);
    void stop() { state_ = State::stopped; }
    bool is_stopped() const { return state_ == State::stopped; }

  private:
    enum class State : std::uint8_t { header, payload, stopped };
    using Error = std::optional<ProtocolError>;

    std::size_t take_header(std::span<char> bytes, Error& error);
    Error begin_frame();
    Error check_first_bytes() const;
    Error begin_data_frame(Opcode opcode);
    Error take_payload(std::span<char> piece, ReadSink& sink);
    Error take_control(std::string_view piece, ReadSink& sink);
    Error take_close(std::string_view payload, ReadSink& sink);
    Error take_data(std::string_view piece, ReadSink& sink);
    Error take_compressed(std::string_view piece, ReadSink& sink);
    Error inflate_all(std::string_view compressed, ReadSink& sink);
    Error give_data(std::string_view piece, Part part, ReadSink& sink);
    void end_message();

    Opcode opcode() const { return static_cast<Opcode>(header_[0] & 0x0F); }
    bool is_control() const { return (header_[0] & 0x08) != 0; }
    bool is_final() const { return (header_[0] & 0x80) != 0; }
    bool is_compressed() const { return inflater_ != nullptr; }

    const ReadSettings* settings_;
    std::unique_ptr<Inflater> inflater_;              // only within a compressed message
    std::unique_ptr<std::array<char, 125>> control_;  // only within a control frame cut in two
    std::uint64_t payload_left_ = 0;
    std::uint64_t payload_taken_ = 0;
    std::uint64_t message_bytes_ = 0;
    std::array<std::uint8_t, frame_header_bytes_max> header_{};
    std::uint8_t header_bytes_ = 0;
    State state_ = State::header;
    Extension extension_;
    bool in_message_ = false;
    MessageType type_ = MessageType::text;
    Utf8Check utf8_;
};

}  // namespace loquat::net::websocket
