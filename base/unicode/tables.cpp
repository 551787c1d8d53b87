#include "base/unicode/tables.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "base/check.hpp"
#include "base/text.hpp"

namespace loquat::unicode {
namespace {

constexpr char confusables_text[] = {
#embed "data/confusables.txt"
};
constexpr char joining_text[] = {
#embed "data/joining_types.txt"
};
constexpr char scripts_text[] = {
#embed "data/scripts.txt"
};

char32_t number_of(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
    LOQUAT_CHECK(error == std::errc{} && end == text.data() + text.size(), "the table is whole");
    return number;
}

// Calls `take` with the words of each line.
template <std::size_t N, class Take>
void for_each_row(const char (&text)[N], const Take& take) {
    for (const std::string_view line : split(std::string_view{text, N}, '\n')) {
        if (!line.empty()) {
            take(split(line, ' '));
        }
    }
}

struct Prototypes {
    struct Row {
        char32_t character;
        std::uint32_t first;  // in `all`
        std::uint32_t size;
    };
    std::vector<Row> rows;  // by character
    std::u32string all;

    Prototypes() {
        for_each_row(confusables_text, [this](const auto& words) {
            const auto first = static_cast<std::uint32_t>(all.size());
            for (std::size_t i = 1; i < words.size(); ++i) {
                all.push_back(number_of(words[i]));
            }
            const auto size = static_cast<std::uint32_t>(words.size() - 1);
            rows.push_back({number_of(words.front()), first, size});
        });
    }
};

template <class Value>
class Ranges {
  public:
    template <std::size_t N>
    Ranges(const char (&text)[N], const std::vector<std::pair<std::string_view, Value>>& names) {
        for_each_row(text, [&](const auto& words) {
            const auto name =
                std::ranges::find(names, words[2], [](auto& one) { return one.first; });
            LOQUAT_CHECK(name != names.end(), "each value of the table has a name here");
            rows_.push_back({number_of(words[0]), number_of(words[1]), name->second});
        });
    }

    Value of(char32_t character, Value otherwise) const {
        const auto after = std::ranges::upper_bound(rows_, character, {}, &Row::first);
        const bool is_in = after != rows_.begin() && character <= std::prev(after)->last;
        return is_in ? std::prev(after)->value : otherwise;
    }

  private:
    struct Row {
        char32_t first;
        char32_t last;
        Value value;
    };
    std::vector<Row> rows_;  // by first
};

}  // namespace

std::u32string_view prototype_of(char32_t character) {
    static const Prototypes known;
    const auto at =
        std::ranges::lower_bound(known.rows, character, {}, &Prototypes::Row::character);
    return at != known.rows.end() && at->character == character
               ? std::u32string_view{known.all}.substr(at->first, at->size)
               : std::u32string_view{};
}

Joining joining_of(char32_t character) {
    static const Ranges<Joining> known{joining_text,
                                       {{"L", Joining::left},
                                        {"R", Joining::right},
                                        {"D", Joining::both},
                                        {"C", Joining::causing},
                                        {"T", Joining::transparent}}};
    return known.of(character, Joining::none);
}

Script script_of(char32_t character) {
    static const Ranges<Script> known{scripts_text,
                                      {{"Greek", Script::greek},
                                       {"Hebrew", Script::hebrew},
                                       {"Hiragana", Script::hiragana},
                                       {"Katakana", Script::katakana},
                                       {"Han", Script::han}}};
    return known.of(character, Script::other);
}

}  // namespace loquat::unicode
