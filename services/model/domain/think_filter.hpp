#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/tokens.hpp"
#include "services/model/domain/code_tracker.hpp"
#include "services/model/domain/thought_marks.hpp"

namespace loquat::model {

// Takes out what a model thinks aloud, wherever servers without a field of its own for it leave it
// in the text, with any family's marks (thought_marks.hpp):
//
// - From an opening mark to its end is thought, at the beginning, in the middle, and when no end
//   ever comes.
// - A closing mark that nothing opened says that the template had opened it: all before was
// thought,
//   and is taken back.
// - In the code of an answer (a fenced block, a span of backticks that is closed on its line) marks
//   are text.  A closing mark on a line of its own in a block that is never closed is one all the
//   same: the thoughts had begun the block.
// - White space around thoughts goes with them, as far as it does not separate what is left.
//
// The result of all pieces does not depend on how they were cut.
class ThinkFilter {
  public:
    // Appends to `answer` what belongs to it.  Pieces may be cut anywhere.  Where something is
    // taken back `answer` is emptied first.
    void append(std::string& answer, std::string_view piece);
    // At the end.  Thoughts that never ended stay out.
    void finish(std::string& answer);

    // Whether what was appended before was taken back since the last time it was asked.
    bool take_taken_back();
    // Tokens of the thoughts, counted; of those that were taken back only what was still in the
    // `answer` of that call.
    std::int64_t tokens() const { return thoughts_.count(); }

  private:
    enum class Place : std::uint8_t { answer, thoughts, header };
    enum class Step : std::uint8_t { on, wait };

    void work(std::string& answer);
    Step read_answer(std::string& answer);
    Step read_text(std::string& answer, std::size_t end);
    Step read_run(std::string& answer);
    Step read_mark(std::string& answer);
    Step read_code_mark(std::string& answer, const MarkMatch& mark);
    Step read_thoughts();
    Step read_header();
    void take_mark(std::string& answer, const MarkMatch& mark);
    void begin_header(MarkKind mark);
    void end_header();
    void begin_thoughts();
    void take_back(std::string& answer);
    void give(std::string& answer, std::string_view text);
    void settle_gap(std::string& answer);
    bool is_stripped() const;
    std::string_view rest() const { return std::string_view{held_}.substr(at_); }

    Place place_ = Place::answer;
    std::string held_;  // from `at_` on not decided yet
    std::size_t at_ = 0;
    bool is_end_ = false;
    CodeTracker code_;
    std::int64_t opened_in_fence_ = 0;
    std::optional<std::string> since_close_;  // what followed a lone closing mark in a block

    std::string header_;       // of gpt-oss
    bool is_channel_ = false;  // the thoughts are those of a channel
    bool knows_channels_ = false;
    bool has_thoughts_ = false;  // some have been seen
    bool is_wrapped_ = false;    // in <answer>

    std::string beginning_;    // of the answer, as far as it says something about the rest
    std::uint64_t given_ = 0;  // bytes of the answer
    bool is_gap_ = true;       // where white space is held
    std::string gap_;
    std::size_t tail_lines_ = 0;  // line ends at the end of what was given
    bool ends_white_ = false;

    bool has_taken_back_ = false;
    TokenCounter thoughts_;
};

}  // namespace loquat::model
