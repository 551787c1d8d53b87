#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "net/http/codec.hpp"

using namespace loquat::net::http;

namespace {

struct Decoded {
    std::string body;
    std::size_t used = 0;
    ParseState state = ParseState::need_more;
    ParseError error = ParseError::none;
};

Decoded decode(std::string_view text, std::size_t step) {
    ChunkedDecoder decoder;
    Decoded all;
    while (all.used < text.size() && all.state == ParseState::need_more) {
        const ChunkedDecoder::Step taken = decoder.decode(text.substr(all.used, step));
        LOQUAT_CHECK(taken.consumed > 0, "a decoder that is not done takes something");
        all.body += taken.data;
        all.used += taken.consumed;
        all.state = taken.state;
    }
    all.error = decoder.error();
    return all;
}

}  // namespace

// Decoding in pieces says the same as decoding the whole, and what the encoder writes is read back.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::size_t step = data[0] % 16 + 1;
    const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};

    const Decoded whole = decode(text, text.size());
    const Decoded pieces = decode(text, step);

    LOQUAT_CHECK(whole.state == pieces.state && whole.error == pieces.error,
                 "pieces end as the whole does");
    LOQUAT_CHECK(whole.used == pieces.used && whole.body == pieces.body,
                 "pieces give the same body");

    std::string encoded;
    for (std::size_t at = 0; at < text.size(); at += step) {
        const std::string_view piece = text.substr(at, step);
        append_chunk_line(encoded, piece.size());
        encoded += piece;
        encoded += "\r\n";
    }
    encoded += last_chunk;
    const Decoded back = decode(encoded, step);
    LOQUAT_CHECK(back.state == ParseState::done && back.body == text,
                 "what is encoded is read back");
    return 0;
}
