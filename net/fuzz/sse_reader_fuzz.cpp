#include <algorithm>
#include <vector>

#include "base/check.hpp"
#include "net/http/sse_reader.hpp"

// Properties: pieces give what the whole gives; what was read and is written again reads the same.

namespace {

using namespace loquat::net::http;

constexpr std::size_t event_bytes_max = 256;

struct Recorder final : SseSink {
    void on_event(const SseEvent& event) override {
        types.emplace_back(event.event);
        data.emplace_back(event.data);
        ids.emplace_back(event.id);
    }
    bool operator==(const Recorder& other) const {
        return types == other.types && data == other.data && ids == other.ids &&
               failed == other.failed;
    }
    std::vector<std::string> types;
    std::vector<std::string> data;
    std::vector<std::string> ids;
    bool failed = false;
};

Recorder read(std::string_view bytes, std::size_t step, std::size_t most) {
    Recorder recorder;
    SseReader reader{most};
    for (std::size_t at = 0; at < bytes.size() && !recorder.failed;
         at += std::min(step, bytes.size() - at)) {
        const std::string piece{bytes.substr(at, step)};
        recorder.failed = reader.feed(piece, recorder).has_value();
    }
    if (const auto last = reader.take_unfinished()) {
        recorder.on_event(*last);
    }
    return recorder;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::size_t step = 1 + input[0] % 32;
    const std::string_view bytes{reinterpret_cast<const char*>(input) + 1, size - 1};
    const Recorder whole = read(bytes, std::string_view::npos, event_bytes_max);
    LOQUAT_CHECK(whole == read(bytes, step, event_bytes_max), "pieces give what the whole gives");

    std::string again;
    for (std::size_t i = 0; i < whole.data.size(); ++i) {
        append_sse(again, {.event = whole.types[i], .data = whole.data[i]});
    }
    Recorder expected = whole;
    expected.failed = false;
    Recorder found = read(again, step, 16 * event_bytes_max);
    LOQUAT_CHECK(found.data == expected.data, "written again it reads the same");
    return 0;
}
