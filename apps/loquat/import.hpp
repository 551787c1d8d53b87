#pragma once
#include <string>

#include "apps/loquat/import_lines.hpp"
#include "apps/loquat/options.hpp"

namespace loquat::app {

struct ImportOptions {
    CommonOptions common;
    std::string file = "-";
    LineFields fields;
    std::size_t lines_max = 0;
    std::string owner = "importer";
    std::string title_prefix;
    bool is_private = false;
    bool is_demo = false;
};

// `loquat import FILE`: conversations from lines of JSON.  Gives the exit code.
int import_lines(ImportOptions options);

}  // namespace loquat::app
