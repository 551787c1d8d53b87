#include <algorithm>

#include "base/check.hpp"
#include "base/text.hpp"
#include "services/model/adapters/openai_stream.hpp"

// Properties: pieces give what the whole gives; the text is clean whatever comes; a limit is a
// limit.

namespace {

using namespace loquat;
using namespace loquat::model;

constexpr StreamLimits limits{
    .event_bytes_max = 2'000, .answer_bytes_max = 1'000, .stream_bytes_max = 1'000'000};

struct Outcome {
    std::string text;
    std::string code;
    std::string finish_reason;
    std::optional<std::int64_t> input;
    std::optional<std::int64_t> output;
    std::int64_t thoughts = 0;
    bool operator==(const Outcome&) const = default;
};

Outcome read(std::string_view bytes, std::size_t step) {
    Outcome outcome;
    OpenAiStream stream{limits};
    for (std::size_t at = 0; at < bytes.size(); at += std::min(step, bytes.size() - at)) {
        const std::string piece{bytes.substr(at, step)};
        stream.feed(piece, outcome.text);
    }
    stream.finish(outcome.text);
    outcome.code = stream.setback() ? stream.setback()->failure.code : "";
    outcome.finish_reason = stream.finish_reason();
    outcome.input = stream.usage().input;
    outcome.output = stream.usage().output;
    outcome.thoughts = stream.thought_tokens();
    LOQUAT_CHECK(stream.is_over() || stream.has_finished(), "every stream comes to an end");
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::size_t step = 1 + input[0] % 64;
    const std::string_view bytes{reinterpret_cast<const char*>(input) + 1, size - 1};
    const Outcome whole = read(bytes, std::string_view::npos);
    LOQUAT_CHECK(whole == read(bytes, step), "pieces give what the whole gives");
    LOQUAT_CHECK(is_utf8(whole.text), "the text is UTF-8");
    LOQUAT_CHECK(!find_control_character(whole.text), "the text has no control characters");
    LOQUAT_CHECK(whole.text.size() <= limits.answer_bytes_max + limits.event_bytes_max * 3,
                 "the text is bounded");
    return 0;
}
