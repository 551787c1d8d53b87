#include <cstdlib>

#include "base/check.hpp"
#include "net/stomp/encoder.hpp"
#include "net/stomp/parser.hpp"

// Properties: pieces parse as the whole does; what was parsed is encoded to something that parses
// to the same frame.

namespace {

using namespace loquat::net::stomp;

struct Recorder : FrameSink {
    void on_frame(Frame frame) override { frames.push_back(std::move(frame)); }
    std::vector<Frame> frames;
    std::string code;
};

const ParseLimits limits{.headers_max = 8, .head_bytes_max = 256, .body_bytes_max = 256};

Recorder parse(std::string_view bytes, Version version, std::size_t step) {
    Recorder recorder;
    Parser parser{limits};
    parser.set_version(version);
    while (!bytes.empty()) {
        const std::string_view piece = bytes.substr(0, step);
        bytes.remove_prefix(piece.size());
        if (auto failure = parser.feed(piece, recorder)) {
            recorder.code = failure->code;
            break;
        }
    }
    return recorder;
}

bool same(const Frame& a, const Frame& b) {
    bool equal = a.command == b.command && a.body == b.body;
    std::vector<std::pair<std::string, std::string>> left;
    std::vector<std::pair<std::string, std::string>> right;
    for (std::size_t i = 0; i < a.header_count(); ++i) {
        if (a.name(i) != "content-length") {
            left.emplace_back(a.name(i), a.value(i));
        }
    }
    for (std::size_t i = 0; i < b.header_count(); ++i) {
        if (b.name(i) != "content-length") {
            right.emplace_back(b.name(i), b.value(i));
        }
    }
    return equal && left == right;
}

void check_round_trip(const Frame& frame, Version version) {
    static const ParseLimits wide{.headers_max = 10, .head_bytes_max = 4096, .body_bytes_max = 256};
    std::string bytes;
    append_frame(bytes, version, frame);
    Recorder again;
    Parser parser{wide};
    parser.set_version(version);
    LOQUAT_CHECK(!parser.feed(bytes, again), "an encoded frame parses");
    LOQUAT_CHECK(again.frames.size() == 1 && same(frame, again.frames[0]), "round trip");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) {
        return 0;
    }
    const auto version = static_cast<Version>(data[0] % 3);
    const std::size_t step = 1 + data[1] % 32;
    const std::string_view bytes{reinterpret_cast<const char*>(data) + 2, size - 2};
    const Recorder whole = parse(bytes, version, std::string_view::npos);
    const Recorder pieces = parse(bytes, version, step);
    LOQUAT_CHECK(whole.code == pieces.code, "the same failure");
    LOQUAT_CHECK(whole.frames.size() == pieces.frames.size(), "as many frames");
    for (std::size_t i = 0; i < whole.frames.size(); ++i) {
        LOQUAT_CHECK(same(whole.frames[i], pieces.frames[i]), "the same frame");
        check_round_trip(whole.frames[i], version);
    }
    return 0;
}
