#include "base/check.hpp"
#include "net/websocket/deflate.hpp"
#include "net/websocket/reader.hpp"

// Properties: pieces read as the whole does; no message is longer than the limit; text is UTF-8.

namespace {

using namespace loquat::net::websocket;

constexpr std::size_t message_bytes_max = 5000;

struct Recorder : ReadSink {
    void on_data(MessageType type, std::string_view piece, Part part) override {
        message += piece;
        LOQUAT_CHECK(message.size() <= message_bytes_max, "the limit holds");
        if (part == Part::last) {
            log += type == MessageType::text ? "T" : "B";
            log += message;
            message.clear();
        }
    }
    void on_ping(std::string_view payload) override { log.append("P").append(payload); }
    void on_pong(std::string_view payload) override { log.append("O").append(payload); }
    void on_close(std::uint16_t code, std::string_view reason) override {
        log.append("C").append(std::to_string(code)).append(reason);
    }
    std::string message;
    std::string log;
};

std::string read(std::string bytes, const ReadSettings& settings, std::size_t step) {
    Reader reader{settings, Reader::Extension::deflate};
    Recorder recorder;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        const std::size_t count = std::min(step, bytes.size() - at);
        if (const auto error = reader.feed({bytes.data() + at, count}, recorder)) {
            return recorder.log + "!" + std::to_string(error->close_code);
        }
    }
    return recorder.log;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) {
        return 0;
    }
    static InflaterPool inflaters;
    const ReadSettings settings{.role = data[0] % 2 == 0 ? Role::server : Role::client,
                                .message_bytes_max = message_bytes_max,
                                .inflaters = &inflaters};
    const std::size_t step = 1 + data[1] % 64;
    const std::string bytes{reinterpret_cast<const char*>(data) + 2, size - 2};
    LOQUAT_CHECK(read(bytes, settings, bytes.size() + 1) == read(bytes, settings, step),
                 "pieces read as the whole");
    accept_deflate_offer(bytes);
    return 0;
}
