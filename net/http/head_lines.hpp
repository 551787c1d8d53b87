#pragma once
#include <string_view>

#include "net/http/characters.hpp"
#include "net/http/codec.hpp"

// What the two head parsers share.  Only for net/http itself.
namespace loquat::net::http::detail {

enum class LineState : std::uint8_t { line, need_more, too_large, bad_end };

// The next complete line without its CRLF.  RFC 9112 section 2.2 lets a lone LF end a line; we do
// not.
LineState next_line(std::string_view bytes, const Limits& limits, HeadLines& lines,
                    std::string_view& line);

// `name: value`.  False for anything that RFC 9112 section 5 does not allow, obs-fold included.
bool split_field(std::string_view line, HeaderView& header);

// Decimal digits only, at most 2^63 - 1.
bool parse_length(std::string_view text, std::uint64_t& length);

// `HTTP/1.x`: the minor version; -1 for another version, -2 for none at all.
int parse_version(std::string_view text);

}  // namespace loquat::net::http::detail
