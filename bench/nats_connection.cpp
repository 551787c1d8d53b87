#include "bench/nats_connection.hpp"

#include "base/text.hpp"

namespace loquat::bench {

Task<void> NatsConnection::open(Steady deadline) {
    co_await connect(target_, deadline);
    write(
        "CONNECT "
        "{\"verbose\":false,\"pedantic\":false,\"lang\":\"c++\",\"version\":\"1\"}\r\nPING\r\n");
    co_await wait_for_answer(deadline);
}

Task<void> NatsConnection::subscribe(Steady deadline) {
    write("SUB room 1\r\nPING\r\n");
    co_await wait_for_answer(deadline);
}

void NatsConnection::send(std::string_view text) {
    std::string frame = "PUB room " + std::to_string(text.size()) + "\r\n";
    frame += text;
    frame += "\r\n";
    write(frame);
}

std::size_t NatsConnection::take(std::string_view bytes) {
    std::size_t taken = 0;
    while (is_open()) {
        const std::string_view rest = bytes.substr(taken);
        const std::size_t line_end = rest.find("\r\n");
        if (line_end == std::string_view::npos) {
            break;
        }
        std::size_t whole = line_end + 2;
        if (rest.starts_with("MSG ")) {
            whole = take_message(rest, line_end);
        } else if (rest.starts_with("PONG")) {
            arrived();
        } else if (rest.starts_with("PING")) {
            write("PONG\r\n");
        } else if (rest.starts_with("-ERR")) {
            close("the server answered " + std::string{rest.substr(0, line_end)});
        }
        if (whole == 0) {
            break;
        }
        taken += whole;
    }
    return is_open() ? taken : bytes.size();
}

std::size_t NatsConnection::take_message(std::string_view bytes, std::size_t line_end) {
    const std::string_view line = bytes.substr(0, line_end);
    const auto size = parse_number(line.substr(line.rfind(' ') + 1));
    if (!size) {
        close("the server sent a message without a size");
        return bytes.size();
    }
    const std::size_t whole = line_end + 2 + *size + 2;
    if (bytes.size() < whole) {
        return 0;
    }
    if (listener_ != nullptr) {
        listener_->on_message(bytes.substr(line_end + 2, *size));
    }
    return whole;
}

}  // namespace loquat::bench
