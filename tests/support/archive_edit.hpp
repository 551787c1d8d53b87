#pragma once
#include <filesystem>
#include <string>

namespace loquat::test {

std::string read_file(const std::filesystem::path& file);

// Puts the first line of a part of an archive there once more, as if it had been written so.
void double_first_row(const std::filesystem::path& archive, const std::string& part);

}  // namespace loquat::test
