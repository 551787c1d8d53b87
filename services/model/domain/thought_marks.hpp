#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace loquat::model {

// What models put around their thoughts, whatever family they are of.
enum class MarkKind : std::uint8_t {
    open,         // <think>, <Thinking>, <seed:think>, [THINK], <|begin_of_thought|> ...
    close,        // </think> ...
    empty,        // <think/>
    noise,        // marks of an answer's begin or end that are no part of it
    answer_open,  // <answer>, <response>: some wrap what follows the thoughts
    answer_close,
    channel,  // of gpt-oss: <|channel|>analysis<|message|>...<|end|><|start|>assistant ...
    start,
    message,
    stop,
};

struct MarkMatch {
    enum class Found : std::uint8_t { no, perhaps, yes };
    Found found = Found::no;
    MarkKind kind = MarkKind::open;
    std::size_t size = 0;  // of the whole mark, when it was found
};

// Whether `text` begins with a mark; `perhaps` when more of it has to come to tell.
MarkMatch match_mark(std::string_view text);

// The first byte of `text` where a mark may begin; npos without one.
std::size_t find_mark_start(std::string_view text, std::size_t from);

}  // namespace loquat::model
