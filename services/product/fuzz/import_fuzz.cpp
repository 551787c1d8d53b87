#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "base/failure.hpp"
#include "services/product/import/csv.hpp"
#include "services/product/import/import_file.hpp"

using namespace loquat;
using namespace loquat::product;

// Files of products: each line is a product or an error, lines go up, and nothing else is thrown.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    CsvReader reader{text};
    std::size_t records = 0;
    while (const auto record = reader.next()) {
        LOQUAT_CHECK(!record->cells.empty(), "a record has a cell");
        LOQUAT_CHECK(++records <= size, "no record is made of nothing");
    }
    try {
        ImportFile file{format_of(text), text};
        std::size_t before = 0;
        while (const auto line = file.next()) {
            LOQUAT_CHECK(line->line > before, "lines go up");
            LOQUAT_CHECK(line->product.has_value() == line->error.code.empty(),
                         "a line is a product or says why not");
            before = line->line;
        }
    } catch (const Failure&) {
        return 0;
    }
    return 0;
}
