#include <algorithm>

#include "net/http/characters.hpp"
#include "net/http/codec.hpp"

namespace loquat::net::http {
namespace {

constexpr std::uint64_t size_max = (std::uint64_t{1} << 60) - 1;

int hex_value(unsigned char byte) {
    if (byte >= '0' && byte <= '9') {
        return byte - '0';
    }
    const int letter = byte | 0x20;
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

bool is_blank(unsigned char byte) { return byte == ' ' || byte == '\t'; }

}  // namespace

void ChunkedDecoder::reset() {
    left_ = 0;
    line_bytes_ = trailer_bytes_ = 0;
    has_digit_ = false;
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
            return take_size_byte(byte);
        case Phase::size_end:
        case Phase::name_begin:
        case Phase::name:
        case Phase::name_end:
        case Phase::value_begin:
        case Phase::value:
        case Phase::quoted:
        case Phase::escaped:
        case Phase::quoted_end:
        case Phase::value_end:
            return take_extension_byte(byte);
        case Phase::size_lf:
            if (byte != '\n') {
                return refuse(ParseError::bad_chunk);
            }
            line_bytes_ = 0;
            has_digit_ = false;
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
    const int value = hex_value(byte);
    if (value < 0) {
        return (has_digit_ && take_after_word(byte, Phase::size_end)) ||
               refuse(ParseError::bad_chunk);
    }
    has_digit_ = true;
    if (left_ > size_max / 16) {
        return refuse(ParseError::chunk_too_large);
    }
    left_ = left_ * 16 + static_cast<std::uint64_t>(value);
    return true;
}

// What may follow a size, a name or a value: the end, another extension, or blanks before one.
bool ChunkedDecoder::take_after_word(unsigned char byte, Phase blanks) {
    if (byte == '\r' && phase_ != blanks) {
        phase_ = Phase::size_lf;
    } else if (byte == ';') {
        phase_ = Phase::name_begin;
    } else if (byte == '=' && blanks == Phase::name_end) {
        phase_ = Phase::value_begin;
    } else if (is_blank(byte)) {
        phase_ = blanks;
    } else {
        return false;
    }
    return true;
}

// *( BWS ";" BWS name [ BWS "=" BWS value ] ) of RFC 9112 section 7.1.1.
bool ChunkedDecoder::take_extension_byte(unsigned char byte) {
    if (++line_bytes_ > limits_.chunk_line_bytes_max) {
        return refuse(ParseError::chunk_line_too_long);
    }
    const char c = static_cast<char>(byte);
    bool good = true;
    switch (phase_) {
        case Phase::name_begin:
            good = is_blank(byte) || is_in(c, token_class);
            phase_ = is_blank(byte) ? phase_ : Phase::name;
            break;
        case Phase::name:
            good = is_in(c, token_class) || take_after_word(byte, Phase::name_end);
            break;
        case Phase::value_begin:
            good = is_blank(byte) || byte == '"' || is_in(c, token_class);
            phase_ = is_blank(byte) ? phase_ : byte == '"' ? Phase::quoted : Phase::value;
            break;
        case Phase::value:
            good = is_in(c, token_class) || take_after_word(byte, Phase::value_end);
            break;
        case Phase::quoted:
            good = is_in(c, value_class);
            phase_ = byte == '"' ? Phase::quoted_end : byte == '\\' ? Phase::escaped : phase_;
            break;
        case Phase::escaped:
            good = is_in(c, value_class);
            phase_ = Phase::quoted;
            break;
        case Phase::name_end:
            good = take_after_word(byte, Phase::name_end);
            break;
        default:  // size_end, quoted_end, value_end
            good = take_after_word(byte, phase_ == Phase::size_end ? phase_ : Phase::value_end);
    }
    return good || refuse(ParseError::bad_chunk);
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
