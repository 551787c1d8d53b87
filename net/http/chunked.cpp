#include <algorithm>

#include "net/http/characters.hpp"
#include "net/http/codec.hpp"

namespace loquat::net::http {
namespace {

constexpr std::uint8_t digits_max = 15;  // 60 bits

int hex_value(unsigned char byte) {
    if (byte >= '0' && byte <= '9') {
        return byte - '0';
    }
    const int letter = byte | 0x20;
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

}  // namespace

void ChunkedDecoder::reset() {
    left_ = 0;
    line_bytes_ = trailer_bytes_ = 0;
    digits_ = 0;
    colon_seen_ = false;
    phase_ = Phase::size;
    error_ = ParseError::none;
}

bool ChunkedDecoder::refuse(ParseError error) {
    error_ = error;
    phase_ = Phase::failed;
    return false;
}

ChunkedDecoder::Step ChunkedDecoder::decode(std::string_view in) {
    std::size_t at = 0;
    while (at < in.size() && phase_ != Phase::done && phase_ != Phase::failed) {
        if (phase_ == Phase::data) {
            const std::size_t run =
                static_cast<std::size_t>(std::min<std::uint64_t>(left_, in.size() - at));
            left_ -= run;
            if (left_ == 0) {
                phase_ = Phase::data_cr;
            }
            return {ParseState::need_more, at + run, in.substr(at, run)};
        }
        take_control_byte(static_cast<unsigned char>(in[at]));
        ++at;
    }
    if (phase_ == Phase::failed) {
        return {ParseState::failed, at, {}};
    }
    return {phase_ == Phase::done ? ParseState::done : ParseState::need_more, at, {}};
}

bool ChunkedDecoder::take_control_byte(unsigned char byte) {
    switch (phase_) {
        case Phase::size:
        case Phase::extension:
            return take_size_byte(byte);
        case Phase::size_lf:
            if (byte != '\n') {
                return refuse(ParseError::bad_chunk);
            }
            line_bytes_ = 0;
            digits_ = 0;
            phase_ = left_ == 0 ? Phase::trailer_start : Phase::data;
            return true;
        case Phase::data_cr:
        case Phase::data_lf:
            if (byte != (phase_ == Phase::data_cr ? '\r' : '\n')) {
                return refuse(ParseError::bad_chunk);
            }
            phase_ = phase_ == Phase::data_cr ? Phase::data_lf : Phase::size;
            return true;
        case Phase::last_lf:
            if (byte != '\n') {
                return refuse(ParseError::bad_chunk);
            }
            phase_ = Phase::done;
            return true;
        default:
            return take_trailer_byte(byte);
    }
}

bool ChunkedDecoder::take_size_byte(unsigned char byte) {
    if (++line_bytes_ > limits_.chunk_line_bytes_max) {
        return refuse(ParseError::chunk_line_too_long);
    }
    if (phase_ == Phase::size) {
        const int value = hex_value(byte);
        if (value >= 0) {
            // Leading zeros count too: nobody needs sixteen digits.
            if (++digits_ > digits_max) {
                return refuse(ParseError::chunk_too_large);
            }
            left_ = left_ * 16 + static_cast<std::uint64_t>(value);
            return true;
        }
        if (digits_ == 0 || (byte != '\r' && byte != ';')) {
            return refuse(ParseError::bad_chunk);
        }
        phase_ = byte == '\r' ? Phase::size_lf : Phase::extension;
        return true;
    }
    if (byte == '\r') {
        phase_ = Phase::size_lf;
        return true;
    }
    return is_in(static_cast<char>(byte), value_class) || refuse(ParseError::bad_chunk);
}

bool ChunkedDecoder::take_trailer_byte(unsigned char byte) {
    if (++trailer_bytes_ > limits_.trailer_bytes_max) {
        return refuse(ParseError::trailer_too_large);
    }
    const char c = static_cast<char>(byte);
    if (phase_ == Phase::trailer_lf) {
        phase_ = Phase::trailer_start;
        return byte == '\n' || refuse(ParseError::bad_chunk);
    }
    if (phase_ == Phase::trailer_start) {
        if (byte == '\r') {
            phase_ = Phase::last_lf;
            return true;
        }
        colon_seen_ = false;
        phase_ = Phase::trailer;
        return is_in(c, token_class) || refuse(ParseError::bad_chunk);
    }
    if (!colon_seen_) {
        colon_seen_ = byte == ':';
        return colon_seen_ || is_in(c, token_class) || refuse(ParseError::bad_chunk);
    }
    if (byte == '\r') {
        phase_ = Phase::trailer_lf;
        return true;
    }
    return is_in(c, value_class) || refuse(ParseError::bad_chunk);
}

}  // namespace loquat::net::http
