#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What a text means, as a vector: from a table of word pieces that is part of the program (NOTICE).
// Needs no model and no network.
namespace loquat::embedding {

inline constexpr std::size_t dimensions = 256;

// Of length 1, or all zeros for a text of which no piece is known.
using Vector = std::array<float, dimensions>;

// The pieces of a text that the table has, in order: without case and accents, words and single
// punctuation marks; a word that the table does not have whole is cut into the longest pieces,
// those inside of a word with ## before them. What is not UTF-8 has none.
std::vector<std::string_view> pieces_of(std::string_view text);

// The mean of the rows of its pieces.
Vector embed(std::string_view text);

// The cosine of two vectors that embed gave.
float similarity(const Vector& one, const Vector& other);

// A vector in a quarter of the room, for many.
struct Small {
    std::array<std::int8_t, dimensions> numbers{};
    float scale = 0;
};
Small to_small(const Vector& vector);
float similarity(const Small& one, const Small& other);

}  // namespace loquat::embedding
