#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/failure.hpp"
#include "store/folder/stamp.hpp"

namespace loquat::store {

// Small files of a data folder (keys) end with a line that says to which folder they belong, how
// often they were changed, and a checksum of it all.  What is before that line is the body.

std::string with_stamp(std::string_view body, const Uuid& folder, std::uint64_t changes);

struct StampedText {
    std::string_view body;  // all of it when there is no such line
    bool is_stamped = false;
    Uuid folder;
    std::uint64_t changes = 0;
};

// None when there is such a line and it does not fit.
std::optional<StampedText> read_stamped(std::string_view text);

// None when `text` is what the folder expects of the file, as it was left.
std::optional<Failure> check_stamped(const std::filesystem::path& file, std::string_view text,
                                     const FileStamp& stamp);

}  // namespace loquat::store
