#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/tokens.hpp"

namespace loquat::model {

// Takes out what a model thinks aloud before its answer: `<think>...</think>` (or `<thinking>`) at
// the very beginning, which servers without a field of its own for it leave in the text.  The same
// words later are part of the answer.  White space between the two goes too.
class ThinkFilter {
  public:
    // Appends to `answer` what belongs to it.  Pieces may be cut anywhere.
    void append(std::string& answer, std::string_view piece);
    // At the end.  Thoughts that never ended stay out.
    void finish(std::string& answer);

    // Tokens of the thoughts, counted.
    std::int64_t tokens() const { return thoughts_.count(); }
    bool has_begun() const { return place_ != Place::before || !held_.empty(); }

  private:
    enum class Place : std::uint8_t { before, within, behind, answer };
    void look_for_begin(std::string& answer);
    void look_for_end(std::string& answer);

    Place place_ = Place::before;
    std::string held_;  // what may be a part of a tag
    std::string_view end_tag_;
    TokenCounter thoughts_;
};

}  // namespace loquat::model
