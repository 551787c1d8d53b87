#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace loquat::product {

// How many letters must be put in, left out, changed or swapped with their neighbour to make one
// word of the other, each place once (Damerau's distance, restricted); more than `most` gives
// most + 1. In bytes.
int spelling_distance(std::string_view one, std::string_view other, int most);

// The mistakes that are forgiven where the longer of the two words has so many letters: none below
// 5, one from 5, two from 9.
int mistakes_allowed(std::size_t letters);

// The known words nearest to a misspelt one.
class Spelling {
  public:
    void add(std::uint32_t id, std::string_view word);

    struct Near {
        std::uint32_t id;
        int distance;
    };
    // The best, by distance, then by what `worth` gives (0: never), then by an equal first letter.
    // None for words with digits, which are codes.
    using Worth = std::function<std::uint64_t(std::uint32_t id)>;
    std::optional<Near> nearest(std::string_view word, const Worth& worth) const;

  private:
    struct Entry {
        std::uint64_t letters;  // a bit for each that it has
        std::uint32_t id;
        std::uint32_t begin;  // in `characters_`
        std::uint8_t length;
    };
    static constexpr std::size_t longest = 64;

    std::vector<std::vector<Entry>> by_length_ = std::vector<std::vector<Entry>>(longest + 1);
    std::vector<char> characters_;
};

}  // namespace loquat::product
