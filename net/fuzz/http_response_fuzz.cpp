#include <cstdint>
#include <memory>
#include <string_view>

#include "base/check.hpp"
#include "net/http/codec.hpp"

using namespace loquat::net::http;

// Parsing in pieces says the same as parsing the whole.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::size_t step = data[0] % 16 + 1;
    const std::string_view method = (data[0] & 0x80) != 0 ? "HEAD" : "GET";
    const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
    const auto whole_head = std::make_unique<ResponseHead>();
    const auto piece_head = std::make_unique<ResponseHead>();

    ResponseParser whole;
    const ParseState whole_state = whole.parse(text, method, *whole_head);
    ResponseParser pieces;
    ParseState piece_state = ParseState::need_more;
    for (std::size_t end = 0; piece_state == ParseState::need_more && end < text.size();) {
        end = std::min(end + step, text.size());
        piece_state = pieces.parse(text.substr(0, end), method, *piece_head);
    }

    LOQUAT_CHECK(whole_state == piece_state, "pieces end as the whole does");
    LOQUAT_CHECK(whole.error() == pieces.error(), "pieces fail as the whole does");
    if (whole_state == ParseState::done) {
        const ResponseHead& head = *whole_head;
        LOQUAT_CHECK(whole.consumed() == pieces.consumed(), "pieces take as much as the whole");
        LOQUAT_CHECK(head.status >= 100 && head.status <= 599, "a status has its range");
        LOQUAT_CHECK(head.framing == piece_head->framing &&
                         head.content_length == piece_head->content_length,
                     "pieces give the same body");
        LOQUAT_CHECK(!head.keep_alive || head.framing != Framing::until_close,
                     "a kept connection has ends");
        for (const HeaderView& header : head.headers) {
            LOQUAT_CHECK(is_valid_field(header.name, header.value),
                         "a field that is accepted can be forwarded");
        }
    }
    return 0;
}
