#pragma once
#include "base/clock.hpp"
#include "contracts/product/products.hpp"
#include "services/product/importer.hpp"
#include "services/product/shelf.hpp"

namespace loquat::product {

// The use cases of the catalogue; no HTTP, no SQL.
class Products final : public contracts::ProductApi {
  public:
    struct Parts {
        CatalogueStore& store;
        Shelf& shelf;
        Importer& importer;
        const Clock& clock;
    };
    explicit Products(const Parts& parts) : parts_(parts) {}

    Task<contracts::Reply<contracts::Product>> get_product(contracts::Caller caller,
                                                           contracts::ProductRef request) override;
    Task<contracts::Page<contracts::Product>> list_products(
        contracts::Caller caller, contracts::ListProductsRequest request) override;
    Task<contracts::Categories> list_categories(contracts::Caller caller,
                                                contracts::Empty request) override;
    Task<contracts::FoundProducts> search_products(
        contracts::Caller caller, contracts::SearchProductsRequest request) override;
    Task<contracts::Suggestions> suggest_products(contracts::Caller caller,
                                                  contracts::SuggestRequest request) override;

    Task<contracts::Reply<contracts::Product>> create_product(
        contracts::Caller caller, contracts::ProductInput request) override;
    Task<contracts::Reply<contracts::Product>> replace_product(
        contracts::Caller caller, contracts::ReplaceProductRequest request) override;
    Task<contracts::Reply<contracts::Product>> patch_product(
        contracts::Caller caller, contracts::PatchProductRequest request) override;
    Task<void> delete_product(contracts::Caller caller, contracts::ProductRef request) override;

    Task<contracts::ImportReport> import_products(contracts::Caller caller,
                                                  contracts::ImportRequest request) override;

    Task<contracts::FoundRefs> find_products(contracts::Caller caller,
                                             contracts::FindProducts request) override;
    Task<contracts::Reply<contracts::Product>> get_product_within(
        contracts::Caller caller, contracts::ProductRef request) override;
    Task<std::vector<contracts::Product>> search_plainly(contracts::Caller caller,
                                                         contracts::PlainSearch request) override;
    Task<contracts::FoundProducts> search_within(contracts::Caller caller,
                                                 contracts::SearchProductsRequest request) override;
    Task<contracts::FoundProducts> search_by_vector(
        contracts::Caller caller, contracts::VectorSearchRequest request) override;
    Task<contracts::ImportReport> upsert_products(contracts::Caller caller,
                                                  contracts::UpsertRequest request) override;
    Task<std::vector<contracts::Product>> list_category(contracts::Caller caller,
                                                        contracts::CategoryRef request) override;

  private:
    // What is on the shelf after that write.
    contracts::Reply<contracts::Product> shelved(const Record& record, int status = 200);

    Parts parts_;
};

}  // namespace loquat::product
