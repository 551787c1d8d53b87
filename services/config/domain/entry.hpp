#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "wire/json.hpp"

namespace loquat::config {

// One setting of a file, under its whole name: `server.port`, `list[0].name`.
struct Entry {
    std::string key;
    wire::Value value;       // null, boolean, number or text
    std::uint32_t line = 0;  // counted from 1
    std::uint32_t column = 0;
};

// A part of a file: YAML divides them by `---`, properties by `#---`.
struct Document {
    std::vector<Entry> entries;  // in the order of the file
};

}  // namespace loquat::config
