#pragma once
#include "contracts/product/products.hpp"

namespace loquat::product {

// Throws 422 `request.invalid` that names each field that a product may not have so: prices below 0
// or in no currency, of variants in another one; SKUs that are there twice; attributes that are no
// text, number or flag; variants that cannot be told apart, or by other options than the rest;
// control characters. Spaces around names and codes go; a variant's own price is filled in.
void check_input(contracts::ProductInput& input);

// What of a product is given in its place; `input` is what was written before.
contracts::ProductInput patched(contracts::ProductInput input,
                                const contracts::PatchProductRequest& patch);

// Gives each variant its id: the one of `before` that it names, else that has its SKU, else a new
// one.
void give_variant_ids(contracts::ProductInput& input, const contracts::ProductInput* before);

}  // namespace loquat::product
