#pragma once
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "base/unicode/fold.hpp"

namespace loquat::chat {

// What titles are found and ordered by; of a title that is not empty never empty.
inline std::string folded_title(std::string_view title) {
    std::string folded = unicode::to_search_key(title);
    return folded.empty() && !title.empty() ? std::string{title} : folded;
}

// The part of a title or a name that is looked for.
inline std::string folded_query(std::string_view query) {
    return unicode::to_search_key(trim(query));
}

}  // namespace loquat::chat
