#pragma once
#include <cstddef>
#include <string>

namespace loquat {

// So many bytes that nobody can foretell, as base64url: keys, passwords, names that are used once.
std::string random_text(std::size_t bytes);

}  // namespace loquat
