#include "base/check.hpp"
#include "net/http/h2/session.hpp"

// What nghttp2 calls, and what it lets through.
namespace loquat::net::http::h2 {
namespace {

constexpr std::size_t acks_max = 64;          // of PING and SETTINGS, not yet written
constexpr std::size_t settings_max = 32;      // of one frame
constexpr std::size_t continuations_max = 8;  // of one head
constexpr std::uint64_t resets_burst = 1'000;
constexpr std::uint64_t resets_per_second = 33;

std::string_view view_of(const std::uint8_t* bytes, std::size_t size) {
    return {reinterpret_cast<const char*>(bytes), size};
}

std::string_view view_of(nghttp2_rcbuf* text) {
    const nghttp2_vec bytes = nghttp2_rcbuf_get_buf(text);
    return view_of(bytes.base, bytes.len);
}

}  // namespace

struct Session::Callbacks {
    static Session& of(void* user) { return *static_cast<Session*>(user); }

    static int on_begin_head(nghttp2_session*, const nghttp2_frame* frame, void* user) {
        return of(user).on_begin_head(*frame);
    }
    static int on_begin(nghttp2_session*, const nghttp2_frame_hd* head, void* user) {
        return of(user).on_begin(*head);
    }
    static int on_field(nghttp2_session*, const nghttp2_frame* frame, nghttp2_rcbuf* name,
                        nghttp2_rcbuf* value, std::uint8_t, void* user) {
        return of(user).on_field(*frame, view_of(name), view_of(value));
    }
    static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
        return of(user).on_frame(*frame);
    }
    static int on_data(nghttp2_session*, std::uint8_t, std::int32_t stream,
                       const std::uint8_t* bytes, std::size_t size, void* user) {
        return of(user).on_data(stream, view_of(bytes, size));
    }
    static int on_stream_end(nghttp2_session*, std::int32_t stream, std::uint32_t error,
                             void* user) {
        return of(user).on_stream_end(stream, error);
    }
    static int on_invalid_frame(nghttp2_session*, const nghttp2_frame*, int error, void* user) {
        // Who has not heard yet how many streams there may be means no harm.
        const bool is_one_too_many = error == NGHTTP2_ERR_REFUSED_STREAM;
        const int cost = is_one_too_many ? Patience::taken_back : Patience::invalid;
        return of(user).spend(cost) ? 0 : NGHTTP2_ERR_CALLBACK_FAILURE;
    }
    static int on_invalid_field(nghttp2_session*, const nghttp2_frame*, nghttp2_rcbuf*,
                                nghttp2_rcbuf*, std::uint8_t, void*) {
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;  // never passed over in silence
    }

    static nghttp2_session_callbacks* make() {
        nghttp2_session_callbacks* made = nullptr;
        LOQUAT_CHECK(nghttp2_session_callbacks_new(&made) == 0, "there is memory");
        nghttp2_session_callbacks_set_on_begin_frame_callback(made, on_begin);
        nghttp2_session_callbacks_set_on_begin_headers_callback(made, on_begin_head);
        nghttp2_session_callbacks_set_on_header_callback2(made, on_field);
        nghttp2_session_callbacks_set_on_frame_recv_callback(made, on_frame);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made, on_data);
        nghttp2_session_callbacks_set_on_stream_close_callback(made, on_stream_end);
        nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(made, on_invalid_frame);
        nghttp2_session_callbacks_set_on_invalid_header_callback2(made, on_invalid_field);
        return made;
    }

    static nghttp2_option* make_options() {
        nghttp2_option* made = nullptr;
        LOQUAT_CHECK(nghttp2_option_new(&made) == 0, "there is memory");
        nghttp2_option_set_no_auto_window_update(made, 1);
        nghttp2_option_set_no_closed_streams(made, 1);
        nghttp2_option_set_max_outbound_ack(made, acks_max);
        nghttp2_option_set_max_settings(made, settings_max);
        nghttp2_option_set_max_continuations(made, continuations_max);
        nghttp2_option_set_stream_reset_rate_limit(made, resets_burst, resets_per_second);
        return made;
    }
};

nghttp2_session* Session::make_native() {
    // The library copies both.
    static nghttp2_session_callbacks* const callbacks = Callbacks::make();
    static nghttp2_option* const options = Callbacks::make_options();
    nghttp2_session* made = nullptr;
    LOQUAT_CHECK(nghttp2_session_server_new2(&made, callbacks, this, options) == 0,
                 "there is memory");
    return made;
}

}  // namespace loquat::net::http::h2
