#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "net/http/codec.hpp"
#include "net/http/h2/head_text.hpp"

using namespace loquat::net::http;

namespace {

// Reads frames as a server does, and the head of each request as the text that it becomes.
struct Reader {
    std::string seen;
    h2::RequestText text{16 * 1024};

    static Reader& of(void* user) { return *static_cast<Reader*>(user); }
    static int on_begin(nghttp2_session*, const nghttp2_frame*, void* user) {
        of(user).text = h2::RequestText{16 * 1024};
        return 0;
    }
    static std::string_view view_of(nghttp2_rcbuf* text) {
        const nghttp2_vec bytes = nghttp2_rcbuf_get_buf(text);
        return {reinterpret_cast<const char*>(bytes.base), bytes.len};
    }
    static int on_field(nghttp2_session*, const nghttp2_frame*, nghttp2_rcbuf* name,
                        nghttp2_rcbuf* value, std::uint8_t, void* user) {
        const auto took = of(user).text.take(view_of(name), view_of(value));
        return took == h2::RequestText::Take::flood ? NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE : 0;
    }
    static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
        if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) {
            return 0;
        }
        Reader& self = of(user);
        if (self.text.is_too_large()) {
            return 0;
        }
        const bool has_body = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0;
        const std::string all = self.text.to_text(has_body);
        RequestParser parser;
        RequestHead head;
        const ParseState state = parser.parse(all, head);
        LOQUAT_CHECK(state != ParseState::need_more, "a head is whole");
        LOQUAT_CHECK(state != ParseState::done || parser.consumed() == all.size(),
                     "nothing hides behind a head");
        LOQUAT_CHECK(state != ParseState::done || !head.upgrades, "nobody upgrades from HTTP/2");
        self.seen += all;
        return 0;
    }
};

std::string read(std::string_view bytes, std::size_t step) {
    Reader reader;
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, Reader::on_begin);
    nghttp2_session_callbacks_set_on_header_callback2(callbacks, Reader::on_field);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Reader::on_frame);
    nghttp2_session* session = nullptr;
    nghttp2_session_server_new(&session, callbacks, &reader);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, nullptr, 0);
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        const std::string_view piece = bytes.substr(at, step);
        if (nghttp2_session_mem_recv(session, reinterpret_cast<const std::uint8_t*>(piece.data()),
                                     piece.size()) < 0) {
            break;
        }
        const std::uint8_t* out = nullptr;
        while (nghttp2_session_mem_send(session, &out) > 0) {
        }
    }
    nghttp2_session_del(session);
    return reader.seen;
}

}  // namespace

// Frames become heads that one strict parser judges, however they are cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::size_t step = data[0] % 16 + 1;
    const std::string bytes = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" +
                              std::string{"\0\0\0\x04\0\0\0\0\0", 9} +
                              std::string{reinterpret_cast<const char*>(data) + 1, size - 1};
    LOQUAT_CHECK(read(bytes, bytes.size()).starts_with(read(bytes, step)) ||
                     read(bytes, step).starts_with(read(bytes, bytes.size())),
                 "pieces say the same as the whole");
    return 0;
}
