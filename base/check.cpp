#include "base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace loquat {

void check_failed(const char* what, std::source_location where) {
    std::fprintf(stderr, "%s:%u: check failed: %s\n", where.file_name(), where.line(), what);
    std::abort();
}

}  // namespace loquat
