#pragma once
#include "contracts/product/product.hpp"
#include "services/cart/domain/cart_state.hpp"

namespace loquat::cart {

// What a product, or that variant of it, is sold as; none: it has no such form.  `tax_rate` is that
// of products without one.
std::optional<Offer> offer_of(const contracts::Product& product, std::optional<VariantId> variant,
                              std::int64_t tax_rate);

// The variant that is meant where none is named: the only one.  422 product.variant_needed with
// `choices` where there are several; none where the product has no variants.
std::optional<VariantId> only_variant(const contracts::Product& product);

}  // namespace loquat::cart
