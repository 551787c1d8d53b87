#include "net/websocket/reader.hpp"

#include <cstring>

#include "base/text.hpp"

namespace loquat::net::websocket {
namespace {

// RFC 7692 section 7.2.2: put back at the end of each message.
constexpr std::string_view deflate_tail{"\x00\x00\xff\xff", 4};

std::uint64_t big_endian(const std::uint8_t* bytes, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        value = (value << 8U) | bytes[i];
    }
    return value;
}

std::size_t length_bytes(unsigned short_length) {
    if (short_length < 126) {
        return 0;
    }
    return short_length == 126 ? 2 : 8;
}

bool is_masked(unsigned second_byte) { return (second_byte & 0x80U) != 0; }

std::size_t header_bytes_of(unsigned second_byte) {
    return 2 + length_bytes(second_byte & 0x7FU) + (is_masked(second_byte) ? 4 : 0);
}

ProtocolError violation(const char* reason) { return {close_code::protocol_error, reason}; }

}  // namespace

Reader::~Reader() { end_message(); }

std::optional<ProtocolError> Reader::feed(std::span<char> bytes, ReadSink& sink) {
    Error error;
    while (state_ != State::stopped && !error) {
        if (state_ == State::header) {
            if (bytes.empty()) {
                break;
            }
            bytes = bytes.subspan(take_header(bytes, error));
        }
        if (state_ == State::payload && !error) {
            if (bytes.empty() && payload_left_ > 0) {
                break;
            }
            const auto taken =
                static_cast<std::size_t>(std::min<std::uint64_t>(payload_left_, bytes.size()));
            error = take_payload(bytes.first(taken), sink);
            bytes = bytes.subspan(taken);
        }
    }
    if (error) {
        stop();
        end_message();
    }
    return error;
}

// The number of bytes used.  The first two are looked at as soon as they are there.
std::size_t Reader::take_header(std::span<char> bytes, Error& error) {
    std::size_t used = 0;
    while (used < bytes.size()) {
        header_[header_bytes_++] = static_cast<std::uint8_t>(bytes[used++]);
        if (header_bytes_ == 2) {
            error = check_first_bytes();
        }
        if (error) {
            break;
        }
        if (header_bytes_ >= 2 && header_bytes_ == header_bytes_of(header_[1])) {
            error = begin_frame();
            break;
        }
    }
    return used;
}

std::optional<ProtocolError> Reader::check_first_bytes() const {
    const Opcode code = opcode();
    const bool known = code <= Opcode::binary || (code >= Opcode::close && code <= Opcode::pong);
    if (!known) {
        return violation("This opcode is reserved.");
    }
    const bool starts_message = code == Opcode::text || code == Opcode::binary;
    const bool may_compress = extension_ == Extension::deflate && starts_message;
    if ((header_[0] & (may_compress ? 0x30U : 0x70U)) != 0) {
        return violation("A reserved bit is set.");
    }
    if (is_control() && (!is_final() || (header_[1] & 0x7FU) > control_payload_bytes_max)) {
        return violation("A control frame is fragmented or too long.");
    }
    if (is_masked(header_[1]) != (settings_->role == Role::server)) {
        return violation(settings_->role == Role::server ? "A client must mask its frames."
                                                         : "A server must not mask its frames.");
    }
    if (code == Opcode::continuation && !in_message_) {
        return violation("A continuation without a message.");
    }
    if (starts_message && in_message_) {
        return violation("A new message inside a fragmented one.");
    }
    return std::nullopt;
}

std::optional<ProtocolError> Reader::begin_frame() {
    const unsigned short_length = header_[1] & 0x7FU;
    const std::size_t extended = length_bytes(short_length);
    payload_left_ = extended == 0 ? short_length : big_endian(&header_[2], extended);
    payload_taken_ = 0;
    const std::uint64_t least = extended == 2 ? 126 : (extended == 8 ? 0x10000 : 0);
    if (payload_left_ < least || (payload_left_ >> 63U) != 0) {
        return violation("A length is not in its shortest form.");
    }
    header_bytes_ = 0;
    state_ = State::payload;
    return is_control() ? std::nullopt : begin_data_frame(opcode());
}

std::optional<ProtocolError> Reader::begin_data_frame(Opcode code) {
    if (code != Opcode::continuation) {
        in_message_ = true;
        type_ = code == Opcode::text ? MessageType::text : MessageType::binary;
        message_bytes_ = 0;
        utf8_.reset();
        if ((header_[0] & 0x40U) != 0) {
            if (settings_->inflaters == nullptr) {
                return violation("Compression was not agreed.");
            }
            inflater_ = settings_->inflaters->take();
            inflater_->start_message();
        }
    }
    // Compressed sizes count as well: no honest message grows.
    if (payload_left_ > settings_->message_bytes_max ||
        (!is_compressed() && message_bytes_ + payload_left_ > settings_->message_bytes_max)) {
        return ProtocolError{close_code::too_big, "The message is too long."};
    }
    return std::nullopt;
}

std::optional<ProtocolError> Reader::take_payload(std::span<char> piece, ReadSink& sink) {
    if (settings_->role == Role::server && !piece.empty()) {
        const std::size_t at = 2 + length_bytes(header_[1] & 0x7FU);
        const auto mask = static_cast<std::uint32_t>(big_endian(&header_[at], 4));
        apply_mask(piece.data(), piece.size(), mask, payload_taken_);
    }
    payload_left_ -= piece.size();
    const std::string_view view{piece.data(), piece.size()};
    Error error = is_control() ? take_control(view, sink) : take_data(view, sink);
    payload_taken_ += piece.size();
    if (payload_left_ == 0 && state_ != State::stopped) {
        state_ = State::header;
    }
    return error;
}

std::optional<ProtocolError> Reader::take_control(std::string_view piece, ReadSink& sink) {
    std::string_view payload = piece;
    if (payload_taken_ > 0 || payload_left_ > 0) {
        if (!control_) {
            control_ = std::make_unique<std::array<char, 125>>();
        }
        std::memcpy(control_->data() + payload_taken_, piece.data(), piece.size());
        payload = {control_->data(), static_cast<std::size_t>(payload_taken_ + piece.size())};
    }
    if (payload_left_ > 0) {
        return std::nullopt;
    }
    const auto held = std::move(control_);
    switch (opcode()) {
        case Opcode::ping:
            sink.on_ping(payload);
            return std::nullopt;
        case Opcode::pong:
            sink.on_pong(payload);
            return std::nullopt;
        default:
            return take_close(payload, sink);
    }
}

std::optional<ProtocolError> Reader::take_close(std::string_view payload, ReadSink& sink) {
    std::uint16_t code = close_code::no_status;
    std::string_view reason;
    if (payload.size() == 1) {
        return violation("A close frame with half a code.");
    }
    if (payload.size() >= 2) {
        code = static_cast<std::uint16_t>(
            big_endian(reinterpret_cast<const std::uint8_t*>(payload.data()), 2));
        reason = payload.substr(2);
        if (!is_sendable_close_code(code)) {
            return violation("This close code must not be sent.");
        }
        if (!is_utf8(reason)) {
            return ProtocolError{close_code::invalid_text, "The close reason is not UTF-8."};
        }
    }
    stop();
    end_message();
    sink.on_close(code, reason);
    return std::nullopt;
}

std::optional<ProtocolError> Reader::take_data(std::string_view piece, ReadSink& sink) {
    if (is_compressed()) {
        return take_compressed(piece, sink);
    }
    const Part part = payload_left_ == 0 && is_final() ? Part::last : Part::more;
    Error error = give_data(piece, part, sink);
    if (part == Part::last) {
        end_message();
    }
    return error;
}

std::optional<ProtocolError> Reader::take_compressed(std::string_view piece, ReadSink& sink) {
    Error error = inflate_all(piece, sink);
    if (error || is_stopped() || payload_left_ > 0 || !is_final()) {
        return error;
    }
    error = inflate_all(deflate_tail, sink);
    if (!error && !is_stopped()) {
        error = give_data({}, Part::last, sink);
    }
    end_message();
    return error;
}

std::optional<ProtocolError> Reader::inflate_all(std::string_view compressed, ReadSink& sink) {
    inflater_->set_input(compressed);
    while (!is_stopped()) {
        const Inflater::Result result = inflater_->next();
        if (result.step == Inflater::Step::corrupt) {
            return ProtocolError{close_code::invalid_text, "The compressed data is corrupt."};
        }
        if (result.step == Inflater::Step::input_needed) {
            break;
        }
        if (Error error = give_data(result.bytes, Part::more, sink)) {
            return error;
        }
    }
    return std::nullopt;
}

std::optional<ProtocolError> Reader::give_data(std::string_view piece, Part part, ReadSink& sink) {
    message_bytes_ += piece.size();
    if (message_bytes_ > settings_->message_bytes_max) {
        return ProtocolError{close_code::too_big, "The message is too long."};
    }
    if (type_ == MessageType::text) {
        if (!utf8_.feed(piece) || (part == Part::last && !utf8_.is_complete())) {
            return ProtocolError{close_code::invalid_text, "The text is not UTF-8."};
        }
    }
    if (!piece.empty() || part == Part::last) {
        sink.on_data(type_, piece, part);
    }
    return std::nullopt;
}

void Reader::end_message() {
    in_message_ = false;
    if (inflater_) {
        settings_->inflaters->give_back(std::move(inflater_));
    }
}

}  // namespace loquat::net::websocket
