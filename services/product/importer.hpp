#pragma once
#include "base/clock.hpp"
#include "services/product/import/import_file.hpp"
#include "services/product/shelf.hpp"

namespace loquat::product {

enum class ImportRun { real, dry };

// Writes many products, some hundreds a transaction.
class Importer {
  public:
    Importer(CatalogueStore& store, Shelf& shelf, const Clock& clock)
        : store_(store), shelf_(shelf), clock_(clock) {}

    // `text` whole; fails as ImportFile does.
    Task<contracts::ImportReport> import_text(std::string text, ImportRun run);
    // Inputs that were not checked yet.
    Task<contracts::ImportReport> import_lines(std::vector<contracts::UpsertLine> lines,
                                               ImportRun run);

  private:
    using Lines = std::vector<contracts::UpsertLine>;

    // Checked inputs, whose SKUs are all different.
    Task<void> write(Lines lines, ImportRun run, contracts::ImportReport& report);
    // What writing would come to.
    std::vector<Upserted> foresee(const Lines& lines) const;

    CatalogueStore& store_;
    Shelf& shelf_;
    const Clock& clock_;
};

}  // namespace loquat::product
