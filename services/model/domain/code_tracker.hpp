#pragma once
#include <cstddef>
#include <string_view>

namespace loquat::model {

// Whether a Markdown text that is still being written stands in code just now: in a fenced block,
// or in a span of backticks that may yet be closed.  What follows decides about a span, so whoever
// asks looks ahead.
class CodeTracker {
  public:
    // Neither line ends nor runs of marks.
    void take_text(std::string_view text);
    void take_line_end();
    // A whole run of backticks or tildes; `next` is what follows it, 0 at the text's end.
    void take_run(char mark, std::size_t length, char next);
    // It was none: nothing closed it.
    void end_span() { span_ = 0; }

    bool is_in_fence() const { return fence_ > 0; }
    // The length of the run that began it; 0: none.
    std::size_t span() const { return span_; }
    // Nothing but white space and marks of lists and quotes so far.
    bool is_at_line_start() const { return is_line_start_; }

  private:
    std::size_t fence_ = 0;  // the length of the run that began it
    std::size_t span_ = 0;
    char fence_mark_ = 0;
    bool is_opening_line_ = false;  // of the fence
    bool is_line_start_ = true;
    bool is_line_blank_ = true;
};

}  // namespace loquat::model
