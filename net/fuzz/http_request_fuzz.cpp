#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "base/check.hpp"
#include "net/http/codec.hpp"

using namespace loquat::net::http;

// Parsing in pieces says the same as parsing the whole, and what is accepted keeps the promises of
// RequestHead.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::size_t step = data[0] % 16 + 1;
    const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
    const auto whole_head = std::make_unique<RequestHead>();
    const auto piece_head = std::make_unique<RequestHead>();

    RequestParser whole;
    const ParseState whole_state = whole.parse(text, *whole_head);
    RequestParser pieces;
    ParseState piece_state = ParseState::need_more;
    for (std::size_t end = 0; piece_state == ParseState::need_more && end < text.size();) {
        end = std::min(end + step, text.size());
        piece_state = pieces.parse(text.substr(0, end), *piece_head);
    }

    LOQUAT_CHECK(whole_state == piece_state, "pieces end as the whole does");
    LOQUAT_CHECK(whole.error() == pieces.error(), "pieces fail as the whole does");
    if (whole_state == ParseState::done) {
        const RequestHead& head = *whole_head;
        LOQUAT_CHECK(whole.consumed() == pieces.consumed(), "pieces take as much as the whole");
        LOQUAT_CHECK(
            head.target == piece_head->target && head.headers.size() == piece_head->headers.size(),
            "pieces give the same head");
        LOQUAT_CHECK(!head.method.empty() && (head.path.starts_with('/') || head.path == "*"),
                     "a path is absolute");
        LOQUAT_CHECK(head.minor == 0 || !head.host.empty(), "HTTP/1.1 names a host");
        LOQUAT_CHECK(
            head.headers.count("content-length") + head.headers.count("transfer-encoding") <= 1,
            "the body has one end");
        for (const HeaderView& header : head.headers) {
            LOQUAT_CHECK(is_valid_field(header.name, header.value),
                         "a field that is accepted can be forwarded");
        }
    }
    return 0;
}
