#include "net/http/connection.hpp"

namespace loquat::net::http {

const RequestHead& Exchange::head() const { return connection_.head(); }
const Endpoint& Exchange::peer() const { return connection_.peer(); }
bool Exchange::is_tls() const { return connection_.is_tls(); }
aio::Loop& Exchange::loop() const { return connection_.server().loop; }
Steady Exchange::begun_at() const { return connection_.begun_at(); }

Task<std::string> Exchange::read_body(std::size_t bytes_max) {
    return connection_.read_body(bytes_max);
}
Task<std::size_t> Exchange::read_body_some(std::span<char> into) {
    return connection_.read_body_some(into);
}
void Exchange::limit_body(Steady due) { connection_.limit_body(due); }
bool Exchange::is_body_done() const { return connection_.is_body_done(); }

Task<void> Exchange::respond(Response response) { return connection_.respond(std::move(response)); }
HeadWriter Exchange::start(int status) { return connection_.start(status); }
Task<void> Exchange::finish(std::string_view body) { return connection_.finish(body); }
void Exchange::begin_body(std::optional<std::uint64_t> length) { connection_.begin_body(length); }
Task<void> Exchange::write_body(std::string_view piece) { return connection_.write_body(piece); }
Task<void> Exchange::end_body() { return connection_.end_body(); }
Task<void> Exchange::flush() { return connection_.flush(); }
Task<void> Exchange::send_interim(int status, const Headers& headers) {
    return connection_.send_interim(status, headers);
}

bool Exchange::has_started() const { return connection_.has_started(); }
int Exchange::status() const { return connection_.status(); }
std::uint64_t Exchange::body_bytes_sent() const { return connection_.body_bytes_sent(); }
void Exchange::close_after() { connection_.close_after(); }
void Exchange::abandon() { connection_.abandon(); }
bool Exchange::is_client_gone() const { return connection_.is_client_gone(); }
void Exchange::on_client_gone(std::move_only_function<void()> call) {
    connection_.on_client_gone(std::move(call));
}

Task<TakenStream> Exchange::upgrade(const Headers& headers) {
    connection_.start(101);
    co_await connection_.send_switch(headers);
    co_return connection_.take_stream();
}
TakenStream Exchange::take_stream() { return connection_.take_stream(); }

}  // namespace loquat::net::http
