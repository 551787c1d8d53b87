#pragma once
#include "contracts/core/client.hpp"
#include "contracts/product/products.hpp"
#include "services/cart/ports.hpp"

namespace loquat::cart {

// The product service.
class Catalogue final : public Products {
  public:
    // `tax_rate`: of products that have none of their own.
    Catalogue(contracts::Client<contracts::ProductApi> products, std::int64_t tax_rate)
        : products_(std::move(products)), tax_rate_(tax_rate) {}

    Task<Offer> resolve(contracts::Caller caller, Wished wished) override;
    Task<Offers> find(contracts::Caller caller, std::vector<Form> forms) override;
    Task<std::optional<Named>> name(contracts::Caller caller, std::string ref) override;

  private:
    Task<contracts::FoundRef> find_one(contracts::Caller caller, std::string ref);

    contracts::Client<contracts::ProductApi> products_;
    std::int64_t tax_rate_;
};

}  // namespace loquat::cart
