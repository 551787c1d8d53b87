#pragma once
#include <string_view>

// The table of word pieces: rows of 256 signed bytes, a scale for each (a little-endian float) and
// what each stands for, a line each.
namespace loquat::embedding {

std::string_view vocabulary();
std::string_view scales();
std::string_view table();

}  // namespace loquat::embedding
