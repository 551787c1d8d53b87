#include "net/http/h2/session.hpp"
#include "net/http/h2/stream_exchange.hpp"

// What comes from the client, frame by frame.
namespace loquat::net::http::h2 {
namespace {

bool ends_stream(const nghttp2_frame& frame) {
    return (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
}

bool is_request(const nghttp2_frame& frame) {
    return frame.hd.type == NGHTTP2_HEADERS && frame.headers.cat == NGHTTP2_HCAT_REQUEST;
}

int or_cut_off(bool goes_on) { return goes_on ? 0 : NGHTTP2_ERR_CALLBACK_FAILURE; }

}  // namespace

std::shared_ptr<StreamExchange> Session::find(std::int32_t stream) const {
    const auto found = streams_.find(stream);
    return found == streams_.end() ? nullptr : found->second;
}

// What the library drops without a word, before `on_frame`: PRIORITY, which says nothing any more,
// and HEADERS of streams that it takes for closed ones.
int Session::on_begin(const nghttp2_frame_hd& head) {
    const bool is_priority = head.type == NGHTTP2_PRIORITY;
    const bool is_wrong =
        is_priority ? head.stream_id == 0
                    : head.type == NGHTTP2_HEADERS && !numbers_.may_have_headers(head.stream_id);
    if (is_wrong) {
        nghttp2_session_terminate_session(native_, NGHTTP2_PROTOCOL_ERROR);
        leaving_ = true;
        return 0;
    }
    return or_cut_off(!is_priority || spend(Patience::without_use));
}

int Session::on_begin_head(const nghttp2_frame& frame) {
    has_head_ = true;
    head_since_ = coarse_now();
    if (!is_request(frame)) {
        return 0;  // trailers: read, and dropped
    }
    const std::int32_t id = frame.hd.stream_id;
    streams_.emplace(id, std::make_shared<StreamExchange>(shared_from_this(), id));
    idle_since_ = Steady::max();
    return 0;
}

int Session::on_field(const nghttp2_frame& frame, std::string_view name, std::string_view value) {
    const auto exchange = is_request(frame) ? find(frame.hd.stream_id) : nullptr;
    if (!exchange) {
        return 0;
    }
    if (exchange->text().take(name, value) != RequestText::Take::flood) {
        return 0;
    }
    spend(Patience::invalid);
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

int Session::on_frame(const nghttp2_frame& frame) {
    switch (frame.hd.type) {
        case NGHTTP2_HEADERS: {
            head_since_ = Steady::max();
            const auto exchange = find(frame.hd.stream_id);
            if (!exchange) {
                return 0;
            }
            if (is_request(frame)) {
                exchange->on_head(!ends_stream(frame));
                ready_.push_back(exchange);
            } else if (ends_stream(frame)) {
                exchange->on_body_end();
            }
            return 0;
        }
        case NGHTTP2_DATA: {
            const auto exchange = find(frame.hd.stream_id);
            if (exchange && ends_stream(frame)) {
                exchange->on_body_end();
                return 0;
            }
            const bool is_empty = frame.hd.length == 0;
            if (!is_empty) {
                patience_.earn(Patience::without_use);
            }
            return or_cut_off(!is_empty || spend(Patience::without_use));
        }
        case NGHTTP2_WINDOW_UPDATE:
            return or_cut_off(spend(Patience::window_update));
        default:
            return or_cut_off(spend(Patience::without_use));
    }
}

int Session::on_data(std::int32_t stream, std::string_view bytes) {
    if (const auto exchange = find(stream)) {
        exchange->on_data(bytes);
    } else {
        nghttp2_session_consume_connection(native_, bytes.size());
    }
    return 0;
}

int Session::on_stream_end(std::int32_t stream, std::uint32_t error) {
    const auto exchange = find(stream);
    if (!exchange) {
        return 0;
    }
    streams_.erase(stream);
    if (streams_.empty()) {
        idle_since_ = coarse_now();
    }
    const bool is_taken_back = !exchange->is_answered();
    exchange->on_end(error == NGHTTP2_NO_ERROR);
    return or_cut_off(!is_taken_back || spend(Patience::taken_back));
}

}  // namespace loquat::net::http::h2
