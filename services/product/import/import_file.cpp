#include "services/product/import/import_file.hpp"

#include "base/text.hpp"
#include "services/product/domain/input.hpp"
#include "services/product/import/csv_products.hpp"
#include "services/product/import/json_products.hpp"

namespace loquat::product {
namespace {

std::string_view without_mark(std::string_view text) {
    if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
        throw Failure{Kind::invalid, "import.not_utf8", "The file is UTF-16: save it as UTF-8."};
    }
    return text.starts_with("\xef\xbb\xbf") ? text.substr(3) : text;
}

std::optional<wire::Value> parsed(std::string_view text) {
    try {
        return wire::parse(text);
    } catch (const Failure&) {
        return std::nullopt;
    }
}

std::unique_ptr<ImportSource> open(ImportFormat format, std::string_view text) {
    switch (format) {
        case ImportFormat::csv:
            return std::make_unique<CsvProducts>(text);
        case ImportFormat::json:
            return std::make_unique<JsonProducts>(text);
        case ImportFormat::json_lines:
            break;
    }
    return std::make_unique<JsonLines>(text);
}

}  // namespace

ImportFormat format_of(std::string_view text) {
    const std::string_view bare = trim(without_mark(text));
    if (bare.starts_with('[')) {
        return ImportFormat::json;
    }
    if (!bare.starts_with('{')) {
        return ImportFormat::csv;
    }
    const auto first = parsed(bare.substr(0, bare.find('\n')));
    const auto judged = first ? first : parsed(bare);
    const bool is_list = judged && judged->find("products") != nullptr;
    return is_list ? ImportFormat::json : ImportFormat::json_lines;
}

ImportFile::ImportFile(ImportFormat format, std::string_view text)
    : source_(open(format, without_mark(text))) {}

std::optional<ImportLine> ImportFile::next() {
    auto line = source_->next();
    if (!line || !line->product) {
        return line;
    }
    try {
        check_input(*line->product);
        if (!skus_.insert(line->product->sku).second) {
            throw Failure{Kind::conflict, "import.sku_twice",
                          "Another line before it has this SKU."};
        }
    } catch (const Failure& failure) {
        line->product.reset();
        line->error = to_import_error(line->line, failure);
    }
    return line;
}

}  // namespace loquat::product
