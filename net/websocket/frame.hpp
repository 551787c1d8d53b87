#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace loquat::net::websocket {

// RFC 6455 section 5.2.
enum class Opcode : std::uint8_t {
    continuation = 0x0,
    text = 0x1,
    binary = 0x2,
    close = 0x8,
    ping = 0x9,
    pong = 0xA,
};

enum class MessageType : std::uint8_t { text, binary };

// RFC 6455 section 7.4.1, the IANA registry, and Loquat's own from 4400 on, which follow HTTP's
// status.
namespace close_code {
inline constexpr std::uint16_t normal = 1000;
inline constexpr std::uint16_t going_away = 1001;
inline constexpr std::uint16_t protocol_error = 1002;
inline constexpr std::uint16_t unsupported_data = 1003;
inline constexpr std::uint16_t no_status = 1005;  // never sent: "the peer gave none"
inline constexpr std::uint16_t invalid_text = 1007;
inline constexpr std::uint16_t policy = 1008;
inline constexpr std::uint16_t too_big = 1009;
inline constexpr std::uint16_t internal_error = 1011;
inline constexpr std::uint16_t service_restart = 1012;
inline constexpr std::uint16_t try_again_later = 1013;
inline constexpr std::uint16_t token_expired = 4401;
}  // namespace close_code

// True for the codes that may stand in a close frame: 1000 to 1003, 1007 to 1014, 3000 to 4999.
bool is_sendable_close_code(std::uint16_t code);

// Why a connection cannot go on.  `close_code` is what the peer is told.
struct ProtocolError {
    std::uint16_t close_code = close_code::protocol_error;
    const char* reason = "";
};

enum class Compression : std::uint8_t { plain, deflated };

inline constexpr std::size_t control_payload_bytes_max = 125;
inline constexpr std::size_t frame_header_bytes_max = 14;

// Appends one unfragmented, unmasked frame (what a server sends).
void append_frame(std::string& out, Opcode opcode, std::string_view payload,
                  Compression compression = Compression::plain);
// Only its header, for a payload that the caller appends.  `compression` sets RSV1 (RFC 7692
// section 6).
void append_frame_header(std::string& out, Opcode opcode, std::uint64_t payload_bytes,
                         Compression compression = Compression::plain);
// Appends a close frame.  A reason too long for a control frame is cut at a character.
void append_close_frame(std::string& out, std::uint16_t code, std::string_view reason);

enum class Fragment : std::uint8_t { last, more };

// Appends one masked frame (what a client sends).
struct MaskedFrame {
    Opcode opcode = Opcode::text;
    Fragment fragment = Fragment::last;
    Compression compression = Compression::plain;
    std::uint32_t mask = 0;  // the four bytes in network order
};
void append_masked_frame(std::string& out, const MaskedFrame& frame, std::string_view payload);

// Applies `mask` (network order) from position `offset` of the frame's payload on.  RFC 6455
// section 5.3.
void apply_mask(char* bytes, std::size_t count, std::uint32_t mask, std::uint64_t offset);

}  // namespace loquat::net::websocket
