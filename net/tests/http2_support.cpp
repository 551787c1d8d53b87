#include "net/tests/http2_support.hpp"

#include <algorithm>

#include "base/failure.hpp"

namespace loquat::net::http::test {
namespace {

std::uint8_t* bytes_of(const std::string& text) {
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
}

std::string text_of(nghttp2_rcbuf* text) {
    const nghttp2_vec bytes = nghttp2_rcbuf_get_buf(text);
    return {reinterpret_cast<const char*>(bytes.base), bytes.len};
}

}  // namespace

struct Http2Client::Calls {
    static Http2Client& of(void* user) { return *static_cast<Http2Client*>(user); }

    static ssize_t read_body(nghttp2_session*, std::int32_t id, std::uint8_t* into,
                             std::size_t size, std::uint32_t* flags, nghttp2_data_source* source,
                             void*) {
        return read_body_of(of(source->ptr).bodies_[id], {into, size}, *flags);
    }
    static ssize_t read_body_of(Body& body, std::span<std::uint8_t> into, std::uint32_t& flags) {
        const std::size_t count = std::min(into.size(), body.left.size());
        std::copy_n(body.left.begin(), count, into.begin());
        body.left.erase(0, count);
        if (body.left.empty() && body.more && count == 0) {
            return NGHTTP2_ERR_DEFERRED;
        }
        if (body.left.empty() && !body.more) {
            flags |= NGHTTP2_DATA_FLAG_EOF;
        }
        return static_cast<ssize_t>(count);
    }
    static int on_field(nghttp2_session*, const nghttp2_frame* frame, nghttp2_rcbuf* name,
                        nghttp2_rcbuf* value, std::uint8_t, void* user) {
        Answer& answer = of(user).answers[frame->hd.stream_id];
        const std::string key = text_of(name);
        if (key == ":status") {
            answer.interim = std::move(answer.fields);
            answer.fields.clear();
            answer.status = std::stoi(text_of(value));
        }
        answer.fields.emplace_back(key, text_of(value));
        return 0;
    }
    static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
        Http2Client& self = of(user);
        if (frame->hd.type == NGHTTP2_GOAWAY) {
            self.goaway = frame->goaway.error_code;
        }
        if (frame->hd.type == NGHTTP2_RST_STREAM) {
            self.answers[frame->hd.stream_id].was_reset = true;
            self.answers[frame->hd.stream_id].reset = frame->rst_stream.error_code;
        }
        if ((frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA) &&
            (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
            self.answers[frame->hd.stream_id].ended = true;
        }
        return 0;
    }
    static int on_data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes,
                       std::size_t size, void* user) {
        of(user).answers[id].body.append(reinterpret_cast<const char*>(bytes), size);
        return 0;
    }
    static int on_end(nghttp2_session*, std::int32_t id, std::uint32_t, void* user) {
        of(user).answers[id].ended = true;
        return 0;
    }
};

std::string Http2Client::Answer::get(std::string_view name) const {
    const auto found = std::ranges::find(fields, name, &Fields::value_type::first);
    return found == fields.end() ? std::string{} : found->second;
}

Http2Client::Http2Client(Stream stream, bool takes_bodies) : stream_(std::move(stream)) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback2(callbacks, Calls::on_field);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Calls::on_frame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Calls::on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Calls::on_end);
    nghttp2_option* options = nullptr;
    nghttp2_option_new(&options);
    nghttp2_option_set_no_auto_window_update(options, takes_bodies ? 0 : 1);
    nghttp2_session_client_new2(&native_, callbacks, this, options);
    nghttp2_option_del(options);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(native_, NGHTTP2_FLAG_NONE, nullptr, 0);
}

Http2Client::~Http2Client() { nghttp2_session_del(native_); }

std::int32_t Http2Client::ask(Fields fields, std::string body, bool more) {
    std::vector<nghttp2_nv> list;
    for (const auto& [name, value] : fields) {
        list.push_back({bytes_of(name), bytes_of(value), name.size(), value.size(), 0});
    }
    nghttp2_data_provider source{};
    source.source.ptr = this;
    source.read_callback = Calls::read_body;
    const bool has_body = !body.empty() || more;
    const std::int32_t id = nghttp2_submit_request(native_, nullptr, list.data(), list.size(),
                                                   has_body ? &source : nullptr, nullptr);
    bodies_[id] = {std::move(body), more};
    return id;
}

Http2Client::Fields Http2Client::head_of(std::string method, std::string path) {
    return {{":method", std::move(method)},
            {":scheme", "http"},
            {":authority", "x"},
            {":path", std::move(path)}};
}

void Http2Client::take_back(std::int32_t id) {
    nghttp2_submit_rst_stream(native_, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
}

std::string Http2Client::frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                               std::string_view payload) {
    std::string bytes;
    const auto size = static_cast<std::uint32_t>(payload.size());
    for (const int shift : {16, 8, 0}) {
        bytes += static_cast<char>(size >> shift);
    }
    bytes += static_cast<char>(type);
    bytes += static_cast<char>(flags);
    for (const int shift : {24, 16, 8, 0}) {
        bytes += static_cast<char>(stream >> shift);
    }
    return bytes.append(payload);
}

Task<void> Http2Client::send() {
    for (;;) {
        const std::uint8_t* bytes = nullptr;
        const ssize_t size = nghttp2_session_mem_send(native_, &bytes);
        if (size <= 0) {
            co_return;
        }
        const std::string_view piece{reinterpret_cast<const char*>(bytes),
                                     static_cast<std::size_t>(size)};
        co_await stream_.write_all(piece);
    }
}

Task<bool> Http2Client::send_raw(std::string bytes) {
    try {
        co_await send();
        co_await stream_.write_all(bytes);
    } catch (const Failure&) {
        co_return false;
    }
    co_return true;
}

Task<bool> Http2Client::until(std::function<bool()> done) {
    char piece[16 * 1024];
    while (!done()) {
        try {
            co_await send();
        } catch (const Failure&) {
            // It may have said why.
        }
        const IoResult result = stream_.try_read(piece);
        if (result.state == Io::would_block) {
            co_await stream_.readable();
        } else if (result.state != Io::bytes) {
            co_return false;
        } else if (nghttp2_session_mem_recv(native_, reinterpret_cast<std::uint8_t*>(piece),
                                            result.bytes) < 0) {
            co_return false;
        }
    }
    co_return true;
}

}  // namespace loquat::net::http::test
