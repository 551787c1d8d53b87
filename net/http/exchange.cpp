#include "net/http/exchange_state.hpp"

namespace loquat::net::http {

const RequestHead& Exchange::head() const { return state_.head(); }
const Endpoint& Exchange::peer() const { return state_.peer(); }
bool Exchange::is_tls() const { return state_.is_tls(); }
std::span<const std::string> Exchange::certificate_names() const {
    return state_.certificate_names();
}
aio::Loop& Exchange::loop() const { return state_.server().loop; }
Steady Exchange::begun_at() const { return state_.begun_at(); }

Task<std::string> Exchange::read_body(std::size_t bytes_max) { return state_.read_body(bytes_max); }
Task<std::size_t> Exchange::read_body_some(std::span<char> into) {
    return state_.read_body_some(into);
}
void Exchange::limit_body(Steady due) { state_.limit_body(due); }
bool Exchange::is_body_done() const { return state_.is_body_done(); }

Task<void> Exchange::respond(Response response) { return state_.respond(std::move(response)); }
HeadWriter Exchange::start(int status) { return state_.start(status); }
Task<void> Exchange::finish(std::string_view body) { return state_.finish(body); }
void Exchange::begin_body(std::optional<std::uint64_t> length) { state_.begin_body(length); }
Task<void> Exchange::write_body(std::string_view piece) { return state_.write_body(piece); }
Task<void> Exchange::end_body() { return state_.end_body(); }
Task<void> Exchange::flush() { return state_.flush(); }
Task<void> Exchange::send_interim(int status, const Headers& headers) {
    return state_.send_interim(status, headers);
}

bool Exchange::has_started() const { return state_.has_started(); }
int Exchange::status() const { return state_.status(); }
std::uint64_t Exchange::body_bytes_sent() const { return state_.body_bytes_sent(); }
void Exchange::close_after() { state_.close_after(); }
void Exchange::abandon() { state_.abandon(); }
bool Exchange::is_client_gone() const { return state_.is_client_gone(); }
void Exchange::on_client_gone(std::move_only_function<void()> call) {
    state_.on_client_gone(std::move(call));
}

Task<TakenStream> Exchange::upgrade(const Headers& headers) {
    state_.start(101);
    co_await state_.send_switch(headers);
    co_return state_.take_stream();
}
TakenStream Exchange::take_stream() { return state_.take_stream(); }

}  // namespace loquat::net::http
