#include "bench/centrifugo_connection.hpp"

#include "base/text.hpp"
#include "wire/json.hpp"

namespace loquat::bench {

// Answers are told from what is pushed by the first member of a line: `id` or `push`.
namespace {
constexpr std::string_view answer_start = "{\"id\":";
constexpr std::string_view push_start = "{\"push\":";
}  // namespace

Task<void> CentrifugoConnection::open(Steady deadline) {
    co_await upgrade(target_, "/connection/websocket", "", deadline);
    write_text("{\"id\":1,\"connect\":{}}");
    co_await wait_for_answer(deadline);
}

Task<void> CentrifugoConnection::subscribe(Steady deadline) {
    write_text("{\"id\":2,\"subscribe\":{\"channel\":\"" + channel_ + "\"}}");
    co_await wait_for_answer(deadline);
}

void CentrifugoConnection::send(std::string_view text) {
    std::string line = "{\"id\":" + std::to_string(3 + sent_++) + ",\"publish\":{\"channel\":\"" +
                       channel_ + "\",\"data\":{\"text\":";
    wire::append_json_string(line, text);
    write_text(line + "}}}");
}

std::string_view CentrifugoConnection::text_of(std::string_view raw) const {
    constexpr std::string_view name = "\"text\":\"";
    const std::size_t at = raw.find(name);
    return at == std::string_view::npos ? std::string_view{} : raw.substr(at + name.size());
}

void CentrifugoConnection::take_text(std::string_view lines) {
    for (const std::string_view line : split(lines, '\n')) {
        take_line(line);
    }
}

void CentrifugoConnection::take_line(std::string_view line) {
    if (line == "{}") {
        write_text(line);  // a ping wants the same back
    } else if (line.starts_with(push_start)) {
        if (listener_ != nullptr && line.find("\"pub\":") != std::string_view::npos) {
            listener_->on_message(line);
        }
    } else if (line.find("\"error\":") != std::string_view::npos) {
        close("the server answered " + std::string{line.substr(0, 400)});
    } else if (line.starts_with(answer_start) &&
               line.find("\"publish\"") == std::string_view::npos) {
        arrived();
    } else if (listener_ != nullptr && !line.empty()) {
        listener_->on_receipt();
    }
}

}  // namespace loquat::bench
