#pragma once
#include <memory>
#include <string_view>
#include <unordered_set>

#include "services/product/import/import_line.hpp"

namespace loquat::product {

enum class ImportFormat { json_lines, csv, json };

// JSON lines begin with a whole object, JSON with a list or an object that goes on; CSV is whatever
// begins otherwise.
ImportFormat format_of(std::string_view text);

// The products of a file, each checked; of two with one SKU the first one counts.
class ImportFile {
  public:
    // `text` outlives it.  Throws what no line can be read after: `import.not_utf8` for UTF-16,
    // `import.columns`, `import.format`, `request.malformed_json`.
    ImportFile(ImportFormat format, std::string_view text);

    std::optional<ImportLine> next();

  private:
    std::unique_ptr<ImportSource> source_;
    std::unordered_set<std::string> skus_;
};

}  // namespace loquat::product
