#pragma once
#include "services/product/ports.hpp"
#include "store/sql/database.hpp"

namespace loquat::product {

class SqlCatalogue final : public CatalogueStore {
  public:
    // `database` has the schema of sql_schema.hpp and outlives this.
    explicit SqlCatalogue(store::Database& database) : database_(database) {}

    Task<Record> create(contracts::ProductInput input, Time now) override;
    Task<Record> change(contracts::ProductId id, Edit edit, Time now) override;
    Task<std::int64_t> remove(contracts::ProductId id) override;
    Task<Batch> upsert(std::vector<contracts::ProductInput> inputs, Time now) override;
    Task<std::int64_t> last_change() override;
    Task<Changes> changes_after(ReadUpTo from, std::size_t limit) override;

  private:
    store::Database& database_;
};

}  // namespace loquat::product
