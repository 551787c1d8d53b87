#pragma once
#include <map>
#include <string>
#include <vector>

#include "services/product/import/csv.hpp"
#include "services/product/import/import_line.hpp"

namespace loquat::product {

// Products of a CSV text. The first line names the columns: sku, name and price are needed; ean,
// description, brand, category, currency, stock, images (`|` between them), rating, tax_rate and
// attributes.NAME may be there. `price` is what people write (19.99); `price.amount` is in minor
// units.  Throws 422 `import.columns` for other columns.
class CsvProducts final : public ImportSource {
  public:
    explicit CsvProducts(std::string_view text);

    std::optional<ImportLine> next() override;

  private:
    using Record = CsvReader::Record;
    contracts::ProductInput to_product(const Record& record) const;
    // Empty where there is no such column.
    const std::string& cell(const Record& record, std::string_view column) const;
    contracts::Price price_of(const Record& record) const;

    CsvReader reader_;
    std::vector<std::string> columns_;
};

// Whether a spreadsheet would compute it: such a cell is refused, as it may do something where it
// is opened.
bool is_formula(std::string_view cell);

}  // namespace loquat::product
